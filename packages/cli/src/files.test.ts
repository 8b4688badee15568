/** The files commands and large inputs, against a gateway that really keeps files. */
import assert from 'node:assert/strict';
import { createHash, randomFillSync } from 'node:crypto';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { Sluice } from '@sluice/client';
import { createGateway, createKey, type Gateway, loadConfig, systemClock } from '@sluice/gateway';
import { sampleWav } from '../../gateway/src/media/sample-media.ts';
import { sampleBmp } from '../../gateway/src/media/sample-rare-images.ts';
import { runCli } from './testing/run-cli.ts';

describe('files at the command line', () => {
  let folder: string;
  let gateway: Gateway;
  let env: { SLUICE_URL: string; SLUICE_API_KEY: string };
  let sluice: Sluice;
  let small: string;
  let large: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-cli-files-'));
    const text =
      'server: { port: 0 }\nlog: { level: silent }\nfiles: { max_files: 2 }\naccounts: { mine: {} }\n';
    await writeFile(join(folder, 'sluice.config.yaml'), text);
    const read = loadConfig({ cwd: folder, env: {} });
    if (read.kind !== 'ok') throw new Error(JSON.stringify(read.problems));
    gateway = await createGateway(read.config);
    const { url } = await gateway.listen();
    env = {
      SLUICE_URL: url,
      SLUICE_API_KEY: await createKey(gateway.store, systemClock, 'mine', 'test'),
    };
    sluice = new Sluice({ baseUrl: url, apiKey: env.SLUICE_API_KEY });
    small = join(folder, 'small.wav');
    large = join(folder, 'large.bmp');
    await writeFile(small, sampleWav(0.25));
    await writeFile(large, await sampleBmp(800, 600));
  });
  after(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });

  const all = async () => (await sluice.files.list()).files;

  it('uploads, lists and deletes; standard output holds the link alone', async () => {
    const up = await runCli(['files', 'upload', small, '--folder', 'sounds', '--name', 'beep.wav'], env);
    assert.equal(up.code, 0, up.err);
    const bytes = Buffer.from(await (await fetch(up.out.trim())).arrayBuffer());
    assert.deepEqual(bytes, await readFile(small));
    assert.match(up.err, /uploading small\.wav[\s\S]*100%[\s\S]*sounds\/beep\.wav/);
    const [file] = await all();
    assert.ok(file);

    const listed = await runCli(['files', 'list'], env);
    assert.match(listed.out, new RegExp(`^${file.file_id} .*audio/.*sounds/beep\\.wav\n$`));
    assert.match(listed.err, /1 of 2 places/);
    const gone = await runCli(['files', 'delete', 'file-none', file.file_id], env);
    assert.equal(gone.code, 1);
    assert.match(gone.out, new RegExp(`${file.file_id} is deleted`));
    assert.match(gone.err, /resource_not_found/);
    assert.deepEqual(await all(), []);
  });

  it('refuses what would only replace itself, before anything is sent', async () => {
    const twice = await runCli(['files', 'upload', small, large, '--name', 'x'], env);
    const same = await runCli(['files', 'upload', small, small], env);
    const none = await runCli(['files', 'upload', small, join(folder, 'none.png')], env);
    assert.deepEqual([twice.code, same.code, none.code], [1, 1, 1]);
    assert.match(twice.err, /--name is for one file/);
    assert.match(same.err, /called small\.wav/);
    assert.match(none.err, /there is no such file/);
    assert.deepEqual(await all(), []);
  });

  it('generate uploads a large input once for its content, and sends what no upload takes inside the request', async () => {
    const photo = join(folder, 'photo.png');
    await writeFile(photo, await largePng());
    const args = ['generate', 'image', 'a heron', '--image', photo, '--check'];
    const first = await runCli(args, env);
    assert.equal(first.code, 0, first.err);
    assert.match(first.err, /uploading photo\.png/);
    const [file, ...others] = await all();
    assert.deepEqual(others, []);
    assert.equal(
      file?.sha256,
      createHash('sha256')
        .update(await readFile(photo))
        .digest('hex'),
    );
    assert.equal(file?.upload_path, 'sluice-cli');
    const second = await runCli(args, env);
    assert.match(second.err, new RegExp(`photo\\.png was uploaded before: ${file?.file_id}`));
    assert.equal((await all()).length, 1);

    // A BMP is an input that only a repair can use, and never an upload.
    const third = await runCli(['generate', 'image', 'a heron', '--image', large, '--check'], env);
    assert.match(third.err, /large\.bmp is sent inside the request/);
    assert.match(third.err, /unsupported_format/);
  });
});

/** Noise does not compress: 900 x 700 is more than a data: URL is used for. */
async function largePng(): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  const [width, height] = [900, 700];
  const pixels = randomFillSync(Buffer.alloc(width * height * 3));
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
