/** `sluice serve`: runs the gateway until it is told to stop. */
import { dirname } from 'node:path';
import { createGateway, type Gateway } from '@sluice/gateway';
import { type ConfigChoice, openConfig } from './gateway-config.ts';
import type { Terminal } from './terminal.ts';
import { version } from './version.ts';

export interface ServeOptions extends ConfigChoice {
  readonly port?: number;
}

/** A terminal's Ctrl-C arrives several times at once: by itself, and passed on by npm. That is one wish, not two. */
const ONE_WISH_MS = 500;

/** Resolves with the exit code when the gateway has stopped. */
export async function serve(terminal: Terminal, options: ServeOptions): Promise<number> {
  const found = openConfig(terminal, options);
  if (!found) return 1;
  const { host, port } = found.config.server;
  const config = { ...found.config, server: { ...found.config.server, port: options.port ?? port } };

  let gateway: Gateway | null = null;
  try {
    gateway = await createGateway(config);
    const { url, firstKey } = await gateway.listen();
    greet(terminal, url, firstKey, { file: found.file, data: dirname(config.store.path) });
  } catch (error) {
    await gateway?.close();
    const why = explainStart(error, host, config.server.port);
    if (why === null) throw error;
    terminal.note(why);
    return 1;
  }

  await nextSignal();
  terminal.note('\nStopping: what is under way comes to a safe point first. Ctrl-C once more stops at once.');
  void nextSignal(ONE_WISH_MS).then(() => process.exit(130));
  await gateway.close();
  terminal.note('Stopped. Unfinished tasks go on at the next start.');
  process.exit(0);
}

function greet(
  terminal: Terminal,
  url: string,
  firstKey: string | null,
  from: { readonly file: string | null; readonly data: string },
): void {
  const { style, print } = terminal;
  print(`${style('bold', `Sluice ${version}`)} is ready at ${style(['bold', 'cyan'], url)}`);
  const settings =
    from.file === null ? 'No sluice.config.yaml here: the defaults are used' : `Configuration ${from.file}`;
  print(style('dim', `${settings}; data in ${from.data}`));
  if (firstKey === null) {
    print('');
    print('API keys: those made before. A new one: stop the gateway, then `npm run sluice -- keys create`.');
  } else {
    print('');
    print('Your first API key. It is shown only this once:');
    print('');
    print(`  ${style('bold', firstKey)}`);
  }
  const key = firstKey ?? '$SLUICE_API_KEY';
  print('');
  print('Try it:');
  print('');
  print(`  curl ${url}/v1/images/generations \\`);
  print(`    -H "Authorization: Bearer ${key}" \\`);
  print(`    -H "Content-Type: application/json" -H "Prefer: wait=30" \\`);
  print(`    -d '{"model": "studio-image-1", "prompt": "a lighthouse at dusk"}'`);
  print('');
  print('or, from another terminal in this folder:');
  print('');
  print(
    `  export SLUICE_API_KEY=${firstKey ?? 'sk-...'}${url === 'http://127.0.0.1:8787' ? '' : ` SLUICE_URL=${url}`}`,
  );
  print('  npm run sluice -- generate video "a slow pan over the hills" --param duration=3');
  print('');
  print(`Reference: ${url}/docs    Stop: Ctrl-C`);
  print('');
}

/** Errors whose messages say what is wrong and what to do about it. */
const FOR_THE_OPERATOR = new Set(['StoreUnusable', 'DetectorUnusable', 'PackError']);

/** What an operator can do about a start that failed; null where it is no operator's matter. */
function explainStart(error: unknown, host: string, port: number): string | null {
  if (!(error instanceof Error)) return null;
  const code = 'code' in error ? error.code : undefined;
  switch (code) {
    case 'EADDRINUSE':
      return [
        `Port ${port} is taken by another program (another Sluice, perhaps).`,
        `Stop that one, or listen elsewhere: npm start -- --port ${port + 1}, or server.port in sluice.config.yaml.`,
      ].join('\n');
    case 'EACCES':
      return `This user may not listen on port ${port}. Choose one above 1023: npm start -- --port 8787.`;
    case 'EADDRNOTAVAIL':
      return `This machine has no address ${host}. Set server.host to one it has, or to 127.0.0.1.`;
    default:
      return FOR_THE_OPERATOR.has(error.name) ? error.message : null;
  }
}

/** Resolves at SIGINT or SIGTERM, from `afterMs` on. */
function nextSignal(afterMs = 0): Promise<void> {
  const from = performance.now() + afterMs;
  return new Promise((resolve) => {
    const hear = () => {
      if (performance.now() >= from) resolve();
    };
    process.on('SIGINT', hear);
    process.on('SIGTERM', hear);
  });
}
