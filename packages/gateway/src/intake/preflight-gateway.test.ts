/** A preflight in a whole gateway: its words and pictures go through the door of tasks, and what they leave behind is bounded. */
import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, describe, it } from 'node:test';
import { createKey } from '../api-keys.ts';
import { systemClock } from '../clock.ts';
import { readConfig } from '../config/config.ts';
import { createGateway, type Gateway } from '../gateway.ts';
import { sharp } from '../media/vips.ts';

describe('preflights in a whole gateway', () => {
  let folder: string;
  let gateway: Gateway;
  let url: string;
  const keys = new Map<string, string>();
  let logo: string;
  let other: string;

  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'sluice-preflights-'));
    const mine = await checkered(7);
    await writeFile(join(folder, 'logo.png'), mine);
    logo = `data:image/png;base64,${mine.toString('base64')}`;
    other = `data:image/png;base64,${(await checkered(3)).toString('base64')}`;
    const text = [
      'server: { port: 0 }',
      'log: { level: silent }',
      'accounts: { strict: {}, watched: {} }',
      'moderation:',
      '  protected_images: [{ name: logo, file: logo.png, category: third_party_content }]',
      '  accounts: { watched: { mode: monitor } }',
    ].join('\n');
    const read = readConfig(text, folder, {});
    if (read.kind !== 'ok') throw new Error(JSON.stringify(read.problems));
    gateway = await createGateway(read.config);
    ({ url } = await gateway.listen());
    for (const account of ['strict', 'watched'])
      keys.set(account, await createKey(gateway.store, systemClock, account, 'test'));
  });
  after(async () => {
    await gateway.close();
    await rm(folder, { recursive: true, force: true });
  });

  async function ask(account: string, body: object) {
    const response = await fetch(`${url}/v1/preflight`, {
      method: 'POST',
      headers: { authorization: `Bearer ${keys.get(account)}`, 'content-type': 'application/json' },
      body: JSON.stringify({ model: 'studio-image-1', prompt: 'a heron', ...body }),
    });
    return { status: response.status, headers: response.headers, body: JSON.parse(await response.text()) };
  }
  const written = async () => (await gateway.store.decisions(1000)).length;

  it('tells words and pictures together, each with a decision that the operator can look up', async () => {
    const { body } = await ask('strict', {
      prompt: 'nude woman, explicit sex',
      image_urls: [other, logo],
      n: 99,
    });
    const told = body.issues.map(({ code, param }: { code: string; param: string }) => `${code} ${param}`);
    assert.deepEqual(told.toSorted(), [
      'content_policy_violation image_urls[1]',
      'content_policy_violation prompt',
      'invalid_parameters n',
    ]);
    for (const { code, details } of body.issues) {
      if (code !== 'content_policy_violation') continue;
      const decision = await gateway.store.decision(details.decision_id);
      assert.deepEqual([decision?.accountId, decision?.taskId], ['strict', null]);
    }
    assert.deepEqual((await ask('strict', { image_urls: [other] })).body.issues, []);
  });

  it('leaves nothing behind of what monitoring lets pass', async () => {
    const before = await written();
    const { body } = await ask('watched', { image_urls: [logo] });
    assert.equal(body.ok, true);
    assert.equal(await written(), before);
  });

  it('ends in a 429 with Retry-After before the decisions pile up', async () => {
    const before = await written();
    let last = await ask('strict', { image_urls: [logo] });
    for (let i = 0; i < 40 && last.status === 200; i++) last = await ask('strict', { image_urls: [logo] });
    assert.equal(last.status, 429);
    assert.deepEqual(
      [last.body.error.code, last.body.error.subtype, last.body.error.type],
      ['quota_exceeded', 'rate_limit', 'rate_limit_error'],
    );
    assert.ok(Number(last.headers.get('retry-after')) > 0);
    assert.ok((await written()) - before <= 30);
    assert.equal((await ask('watched', {})).status, 200, 'another account is not meant');
  });
});

/** A picture with something to see; another seed, another picture. */
function checkered(seed: number): Promise<Buffer> {
  const [width, height, square] = [512, 512, 64];
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const cell = Math.floor(x / square) * 31 + Math.floor(y / square) * 17;
      pixels.fill((cell * cell * seed * 37) % 256, (y * width + x) * 3, (y * width + x) * 3 + 3);
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } })
    .png()
    .toBuffer();
}
