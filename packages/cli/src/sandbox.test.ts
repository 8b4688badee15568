import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { it } from 'node:test';
import { loadConfig } from '@sluice/gateway';
import { MODERATOR_PORTS, SANDBOX_MODERATORS, SANDBOX_PROVIDERS } from '@sluice/sandbox';
import { SANDBOX_PORT } from './sandbox.ts';
import { runCli } from './testing/run-cli.ts';

const MAIN = join(import.meta.dirname, 'main.js');

/** Runs `sluice sandbox`, waits until all is said, looks, and presses Ctrl-C. */
async function withSandbox(args: readonly string[], look: (out: string) => Promise<void>): Promise<void> {
  const child = spawn(process.execPath, [MAIN, 'sandbox', '--port', '0', ...args], {
    env: { PATH: process.env.PATH ?? '' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const ended = once(child, 'close');
  let out = '';
  try {
    for await (const chunk of child.stdout) {
      out += chunk;
      if (out.includes('Ctrl-C')) break;
    }
    await look(out);
  } finally {
    child.kill('SIGINT');
  }
  assert.deepEqual(await ended, [0, null]);
}

it('starts every emulator and prints a configuration that the gateway takes', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sandbox-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'sandbox.yaml');
  await withSandbox([], async (out) => {
    for (const { adapter } of SANDBOX_PROVIDERS)
      assert.match(out, new RegExp(`^${adapter} +http://127`, 'm'));
    for (const { name } of SANDBOX_MODERATORS) assert.match(out, new RegExp(`^${name} +http://127`, 'm'));
    await writeFile(file, out.slice(out.indexOf('# A gateway on the sandbox'), out.indexOf('\nStop: ')));
    const loaded = loadConfig({ cwd: folder, env: {}, file });
    if (loaded.kind === 'invalid') assert.fail(JSON.stringify(loaded.problems, null, 1));
    const used = new Set(
      [...loaded.config.catalog.values()].flatMap((model) => model.routes.map((route) => route.provider)),
    );
    const expected = SANDBOX_PROVIDERS.map(({ adapter }) => adapter).filter((name) => name !== 'comfyui');
    assert.deepEqual([...used].sort(), expected.sort());
    assert.deepEqual(loaded.config.moderation.hosted, [], 'moderation is offered, and off');
    assert.match(out, /^# {5}- \{ service: rekognition, base_url: "http:/m);
  });
});

it('starts moderation services that are named, and writes them into the configuration', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sandbox-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'sandbox.yaml');
  const names = SANDBOX_MODERATORS.map(({ name }) => name);
  await withSandbox([...names, '--config', file], async (out) => {
    assert.match(out, /sandbox:violence {2}content_policy_violation\/violence/);
    assert.ok(!/^fal/m.test(out));
    const loaded = loadConfig({ cwd: folder, env: {}, file });
    if (loaded.kind === 'invalid') assert.fail(JSON.stringify(loaded.problems, null, 1));
    const { hosted, policy } = loaded.config.moderation;
    assert.deepEqual(
      hosted.map(({ service }) => service),
      SANDBOX_MODERATORS.map(({ service }) => service),
    );
    assert.equal(policy.results, true);
    for (const { baseUrl } of hosted) assert.ok(baseUrl !== undefined && out.includes(baseUrl));
    const [openai] = hosted;
    assert.ok(openai?.baseUrl);
    const answer = await fetch(`${openai.baseUrl}/moderations`, {
      method: 'POST',
      headers: { authorization: 'Bearer sandbox', 'content-type': 'application/json' },
      body: JSON.stringify({ input: 'a quarrel sandbox:violence' }),
    });
    assert.match(await answer.text(), /"flagged":true/);
  });
});

it('starts those that are named, tells their scenarios, and writes the configuration once', async (t) => {
  const folder = await mkdtemp(join(tmpdir(), 'sluice-sandbox-'));
  t.after(() => rm(folder, { recursive: true }));
  const file = join(folder, 'sandbox.yaml');
  await withSandbox(['fal', 'replicate', '--config', file], async (out) => {
    assert.match(out, /sandbox:policy {2}content_policy_violation/);
    assert.ok(!/^runway/m.test(out));
    const [, url = ''] = /^fal +(\S+)/m.exec(out) ?? [];
    assert.equal((await fetch(`${url}/media/picture.png`)).status, 200);
    assert.ok((await readFile(file, 'utf8')).includes(url));
    const again = await runCli(['sandbox', 'fal', '--port', '0', '--config', file]);
    assert.equal(again.code, 1);
    assert.match(again.err, /is there already/);
  });
});

it('says what is wrong: an unknown name, a taken port', async () => {
  const stranger = await runCli(['sandbox', 'nobody']);
  assert.equal(stranger.code, 1);
  assert.match(stranger.err, /There is no emulator of nobody\. There are: fal, replicate/);
  await withSandbox(['fal'], async (out) => {
    const port = /^fal +http:\/\/127\.0\.0\.1:(\d+)/m.exec(out)?.[1] ?? '';
    const taken = await runCli(['sandbox', 'fal', '--port', port]);
    assert.equal(taken.code, 1);
    assert.match(taken.err, new RegExp(`Port ${port} for fal is taken`));
  });
});

it('has the ports that docs/providers.md tells', async () => {
  const page = await readFile(join(import.meta.dirname, '../../../docs/providers.md'), 'utf8');
  for (const [index, { adapter }] of SANDBOX_PROVIDERS.entries())
    assert.ok(page.includes(`| ${SANDBOX_PORT + index} | ${adapter} |`), adapter);
  for (const [index, { name }] of SANDBOX_MODERATORS.entries())
    assert.ok(page.includes(`| ${SANDBOX_PORT + MODERATOR_PORTS + index} | ${name} |`), name);
});
