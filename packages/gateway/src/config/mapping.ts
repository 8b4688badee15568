/** A route's `mapping`: from the file's form to the catalogue's, and whether it names what the model has. */
import type { Static } from 'typebox';
import { COMMON_PROPERTIES, MEDIA_PARAMS } from '../catalog/compile.ts';
import { isRecord } from '../catalog/faults.ts';
import type { MediaParam, ParameterMapping } from '../catalog/model.ts';
import { nearest } from '../catalog/nearest.ts';
import { pointerTo } from '../catalog/pointer.ts';
import { type Report, WRITTEN } from './check.ts';
import type { MappingSection, ModelFile } from './schema-model.ts';

export type MappingFile = Static<typeof MappingSection>;

export function readMapping(file: MappingFile): ParameterMapping {
  const { rename, values, as_text, media, fixed } = file;
  const mapped: Partial<Record<MediaParam, string | string[]>> = {};
  for (const param of MEDIA_PARAMS) {
    const target: unknown = media?.[param];
    if (typeof target === 'string') mapped[param] = target;
    else if (Array.isArray(target)) mapped[param] = target.map(String);
  }
  return {
    ...(rename === undefined ? {} : { rename }),
    ...(values === undefined ? {} : { values }),
    ...(as_text === undefined ? {} : { asText: as_text }),
    ...(media === undefined ? {} : { media: mapped }),
    ...(fixed === undefined ? {} : { fixed }),
  };
}

/** A mapping of a parameter that the model does not have would be accepted and do nothing. */
export function checkMapping(file: ModelFile, mapping: MappingFile, pointer: string, report: Report): void {
  const known = [...Object.keys(COMMON_PROPERTIES), ...Object.keys(file.parameters)];
  const complain = (at: string, name: string, names: readonly string[], where: string) => {
    const near = nearest(name, names);
    report(
      at,
      `The mapping names ${at.includes('/as_text/') ? WRITTEN : `\`${name}\``}, which this model does not take.`,
      near === null ? `Describe it under \`${where}\`, or remove it here.` : `Did you mean \`${near}\`?`,
    );
  };
  for (const part of ['rename', 'values'] as const) {
    for (const name of Object.keys(mapping[part] ?? {}))
      if (!known.includes(name)) complain(pointerTo(`${pointer}/${part}`, name), name, known, 'parameters');
  }
  for (const [index, name] of (mapping.as_text ?? []).entries())
    if (!known.includes(name)) complain(`${pointer}/as_text/${index}`, name, known, 'parameters');
  const inputs = Object.keys(file.inputs);
  for (const name of Object.keys(isRecord(mapping.media) ? mapping.media : {}))
    if (!inputs.includes(name)) complain(`${pointer}/media/${name}`, name, inputs, 'inputs');
}
