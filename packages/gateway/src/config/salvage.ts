/** What of a model that does not fit its schema can still be checked, so that one run lists all of a file's problems. */
import { Ajv2020 } from 'ajv/dist/2020.js';
import { isRecord } from '../catalog/faults.ts';
import { partsOfPointer, pointerTo } from '../catalog/pointer.ts';
import { addFormats } from './formats.ts';
import { type ModelFile, ModelSection } from './schema-model.ts';

const ajv = new Ajv2020({
  validateSchema: false,
  code: { optimize: false },
  useDefaults: true,
  removeAdditional: true,
  allowUnionTypes: true,
  multipleOfPrecision: 6,
  logger: false,
});
addFormats(ajv);

/** Compiled where there are models at all. */
let isModelFile: ReturnType<typeof compileSection> | null = null;
const compileSection = () => ajv.compile<ModelFile>(ModelSection);

/** A value for each key about which nothing more can be said. */
const neutral = (provider: string): Readonly<Record<string, unknown>> => ({
  type: 'image',
  description: '',
  parameters: {},
  required: [],
  unknown_parameters: 'refuse',
  inputs: {},
  pricing: { rule: 'per_call', credits: 0 },
  timeout: '10m',
  estimate: '10s',
  routes: [{ provider, upstream_model: 'any' }],
});

/** What is checked against the parameters cannot be checked without them. */
const DEPENDENT: Readonly<Record<string, readonly string[]>> = {
  parameters: ['required', 'inputs', 'pricing'],
  inputs: ['parameters', 'required', 'pricing'],
};

/**
 * The model of the file with what `faults` point at made harmless and unknown keys left out. Null where nothing is left of it.
 * `wasSound` tells whether anything had to be changed but unknown keys.
 */
export function salvageModel(
  id: string,
  section: unknown,
  faults: readonly string[],
  providers: readonly string[],
): { readonly file: ModelFile; readonly wasSound: boolean } | null {
  if (!isRecord(section)) return null;
  const own = pointerTo('/models', id);
  const broken = new Set<string>();
  for (const fault of faults) {
    if (!fault.startsWith(`${own}/`)) continue;
    const key = partsOfPointer(fault)[2] ?? '';
    for (const name of [key, ...(DEPENDENT[key] ?? [])]) broken.add(name);
  }
  const harmless = neutral(providers[0] ?? '');
  const candidate: unknown = structuredClone({
    ...section,
    ...Object.fromEntries([...broken].map((key) => [key, harmless[key]])),
  });
  isModelFile ??= compileSection();
  return isModelFile(candidate) ? { file: candidate, wasSound: broken.size === 0 } : null;
}
