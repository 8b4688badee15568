import type { Extra, Sluice, TaskView } from '@sluice/client';
import { connect, type Target } from './connect.ts';
import { isAddress, sizeOf, toMediaUrl } from './input-media.ts';
import { makeFolder } from './save-results.ts';
import { showPreflight } from './show-preflight.ts';
import type { Terminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { followAndSave } from './wait.ts';

export interface GenerateOptions {
  readonly kind: string;
  readonly prompt: string;
  readonly model?: string;
  /** Files of this machine or addresses. */
  readonly image: readonly string[];
  readonly video: readonly string[];
  readonly audio: readonly string[];
  readonly mask?: string;
  /** `name=value` each. */
  readonly param: readonly string[];
  readonly out: string;
  /** Only asks what would become of it. */
  readonly check: boolean;
}

type Kind = TaskView['type'];

/**
 * Submits, follows the task to its end and saves what it made. Rejects with the task's error where it failed. Gives the exit code:
 * 1 where it was only checked, and would be refused.
 */
export async function generate(
  terminal: Terminal,
  target: Target,
  options: GenerateOptions,
): Promise<number> {
  const { kind } = options;
  if (!isKind(kind)) throw new UsageError(`Sluice makes image, video or audio, not "${kind}".`);
  const parameters = readParameters(options.param);
  const given = [
    ...options.image,
    ...options.video,
    ...options.audio,
    ...(options.mask ? [options.mask] : []),
  ];
  for (const file of given) if (!isAddress(file)) await sizeOf(file);

  if (!options.check) await makeFolder(options.out);

  const sluice = connect(target);
  const request = {
    model: options.model ?? (await firstModel(sluice, kind)),
    prompt: options.prompt,
    ...(await mediaOf(options, sluice, terminal)),
    ...parameters,
  };
  if (options.check) return showPreflight(terminal, await sluice.preflight(request));
  const task = await submit(sluice, kind, request);
  terminal.note(`${task.id} (${task.model})`);
  await followAndSave(terminal, sluice, task.id, { out: options.out });
  return 0;
}

/** One after the other: a file that is given twice is uploaded once. */
async function mediaOf(
  { image, video, audio, mask }: GenerateOptions,
  sluice: Sluice,
  terminal: Terminal,
): Promise<Extra> {
  const media: Record<string, unknown> = {};
  for (const [name, files] of Object.entries({ image_urls: image, video_urls: video, audio_urls: audio })) {
    const urls: string[] = [];
    for (const file of files) urls.push(await toMediaUrl(file, sluice, terminal));
    if (urls.length > 0) media[name] = urls;
  }
  if (mask !== undefined) media.mask_url = await toMediaUrl(mask, sluice, terminal);
  return media;
}

function isKind(text: string): text is Kind {
  return text === 'image' || text === 'video' || text === 'audio';
}

function submit(sluice: Sluice, kind: Kind, request: { readonly model: string } & Extra): Promise<TaskView> {
  switch (kind) {
    case 'image':
      return sluice.images.generate(request);
    case 'video':
      return sluice.videos.generate(request);
    case 'audio':
      return sluice.audios.generate(request);
    default: {
      const never: never = kind;
      return never;
    }
  }
}

async function firstModel(sluice: Sluice, kind: Kind): Promise<string> {
  const models = (await sluice.models.list()).filter(({ type }) => type === kind);
  const chosen = models.find(({ status }) => status === 'available') ?? models[0];
  if (!chosen) throw new UsageError(`The gateway offers no model that makes ${kind}.`);
  return chosen.id;
}

/** `duration=5` is a number, `size=16:9` a text, `metadata={"order":"17"}` an object: JSON where it is JSON, else the text. */
function readParameters(given: readonly string[]): Extra {
  const parameters: Record<string, unknown> = {};
  for (const text of given) {
    const equals = text.indexOf('=');
    if (equals < 1)
      throw new UsageError(`--param ${text}: write it as name=value, such as --param duration=5.`);
    parameters[text.slice(0, equals)] = readValue(text.slice(equals + 1));
  }
  return parameters;
}

function readValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
