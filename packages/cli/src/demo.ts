/**
 * `sluice demo`: the whole of Sluice in two requests, on this machine alone. A gateway runs in this process on a free port; one
 * photograph becomes a clip, and one request fails on purpose. The exit code is 0 only if both came out as they must.
 */
import { rmSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { type CompletedTaskView, type ErrorObject, Sluice } from '@sluice/client';
import { createGateway, loadConfig } from '@sluice/gateway';
import { toMediaUrl } from './input-media.ts';
import { saveResults } from './save-results.ts';
import { describeError } from './show-error.ts';
import { type Terminal, wrap } from './terminal.ts';
import { follow } from './wait.ts';

const PHOTOS = join(import.meta.dirname, '../../../examples/photos');
const LANDSCAPE = 'raccoon-1280x720.jpg';
const PORTRAIT = 'astronaut-portrait-720x1280.jpg';
const SIZE = '1280x720';
const SECONDS = 5;
/** A machine that needs longer for one clip has another trouble. */
const LONGEST_SECONDS = 180;

export async function demo(terminal: Terminal, folder: string): Promise<number> {
  const data = await mkdtemp(join(tmpdir(), 'sluice-demo-'));
  const interrupted = () => {
    rmSync(data, { recursive: true, force: true });
    process.exit(130);
  };
  process.once('SIGINT', interrupted);
  try {
    const loaded = loadConfig({ cwd: data, env: {} });
    if (loaded.kind === 'invalid')
      throw new Error(`the defaults are not valid: ${JSON.stringify(loaded.problems)}`);
    const { config } = loaded;
    const gateway = await createGateway({
      ...config,
      server: { ...config.server, port: 0 },
      log: { level: 'silent' },
    });
    try {
      const { url, firstKey } = await gateway.listen();
      if (firstKey === null) throw new Error('a new gateway made no first key');
      terminal.print(
        `${terminal.style('bold', 'Sluice demo')}: a real clip from a photograph, and a failure that explains itself.`,
      );
      terminal.print(
        terminal.style(
          'dim',
          `A gateway runs at ${url} for as long as this takes. Nothing leaves this machine.`,
        ),
      );
      return await show(terminal, new Sluice({ baseUrl: url, apiKey: firstKey }), folder);
    } finally {
      await gateway.close();
    }
  } finally {
    process.off('SIGINT', interrupted);
    await rm(data, { recursive: true, force: true });
  }
}

async function show(terminal: Terminal, sluice: Sluice, folder: string): Promise<number> {
  const { print, style, width } = terminal;
  const complaints: string[] = [];

  print(`\n${style('bold', '1  A clip')}  ${SECONDS} s at ${SIZE} from examples/photos/${LANDSCAPE}\n`);
  const clip = await makeClip(terminal, sluice);
  const [video] = await saveResults(clip, folder, () => 'raccoon.mp4');
  complaints.push(...(await faultsOfClip(clip, video?.path)));
  if (video) print(`  ${style('green', '✓')} ${style('bold', video.path)}  ${video.summary}`);
  print(style('dim', `    made in ${clip.duration} s, ${clip.usage.credits_used} credits`));

  print(
    `\n${style('bold', '2  A failure')}  a ${SIZE} clip from a portrait photograph, examples/photos/${PORTRAIT}\n`,
  );
  const error = await failOnPurpose(terminal, sluice);
  if (error.code !== 'image_dimension_mismatch') {
    complaints.push(`the second request should have failed with image_dimension_mismatch, not ${error.code}`);
  }
  print(describeError(terminal, error).replaceAll(/^/gm, '  ').replaceAll(/^ +$/gm, ''));
  const json = JSON.stringify(error, null, 2);
  const file = join(folder, 'error.json');
  await mkdir(folder, { recursive: true });
  await writeFile(file, `${json}\n`);
  print(`\n  The same, as a program gets it (${style('bold', file)}):\n`);
  print(style('dim', json.replaceAll(/^/gm, '    ')));

  print('');
  if (complaints.length > 0) {
    for (const complaint of complaints) print(`${style('red', '✗')} ${complaint}`);
    return 1;
  }
  const where = `./${relative(process.cwd(), folder) || '.'}`;
  print(
    wrap(
      `The clip and the error are in ${where}. Next: npm start runs the gateway for you; docs/quick-start.md goes on from there.`,
      width,
    ),
  );
  return 0;
}

async function makeClip(terminal: Terminal, sluice: Sluice): Promise<CompletedTaskView> {
  const submitted = await sluice.videos.generate({
    model: 'studio-video-1',
    prompt: 'a slow push in on the raccoon',
    image_urls: [await toMediaUrl(join(PHOTOS, LANDSCAPE), sluice, terminal)],
    aspect_ratio: SIZE,
    duration: SECONDS,
  });
  return follow(terminal, sluice, submitted.id, { timeout: LONGEST_SECONDS });
}

/** The error object of the request that must fail, as it came over the wire. */
async function failOnPurpose(terminal: Terminal, sluice: Sluice): Promise<ErrorObject> {
  const submitted = await sluice.videos.generate({
    model: 'studio-video-1',
    prompt: 'the astronaut smiles',
    image_urls: [await toMediaUrl(join(PHOTOS, PORTRAIT), sluice, terminal)],
    aspect_ratio: SIZE,
    duration: SECONDS,
  });
  for await (const task of sluice.tasks.events(submitted.id)) if (task.status === 'failed') return task.error;
  throw new Error('the request that must fail has succeeded');
}

/** What is not as it should be: a demo that says "done" and shows nothing would be worse than none. */
async function faultsOfClip(task: CompletedTaskView, path: string | undefined): Promise<readonly string[]> {
  const facts = task.result_data[0];
  if (path === undefined || !facts) return ['the clip has no file'];
  const faults: string[] = [];
  const head = (await readFile(path)).subarray(4, 8).toString('latin1');
  if (head !== 'ftyp') faults.push(`${path} is not an MP4 file`);
  if (`${facts.width}x${facts.height}` !== SIZE)
    faults.push(`the clip is ${facts.width}x${facts.height}, not ${SIZE}`);
  if (facts.duration === null || Math.abs(facts.duration - SECONDS) > 0.1) {
    faults.push(`the clip lasts ${facts.duration} s, not ${SECONDS} s`);
  }
  return faults;
}
