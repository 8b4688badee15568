/**
 * The `sluice` command. Read this first: every command is one line here and one file beside this one.
 *
 * `serve`, `demo`, `keys` and `accounts` run a gateway in this process, `sandbox` runs emulated providers; all others speak to a running
 * gateway through `@sluice/client`. A command that fails says why on standard error and ends with exit code 1; a task that failed
 * is such a failure too.
 */
import { TaskError } from '@sluice/errors';
import { Command, InvalidArgumentError } from 'commander';
import { cancel } from './cancel.ts';
import { explain } from './explain.ts';
import { type GenerateOptions, generate } from './generate.ts';
import { INTERRUPTED_EXIT_CODE, Interrupted } from './interrupted.ts';
import { list } from './list.ts';
import { readSettings } from './settings.ts';
import { showError } from './show-error.ts';
import { processTerminal } from './terminal.ts';
import { UsageError } from './usage-error.ts';
import { version } from './version.ts';
import { wait } from './wait.ts';

const settings = readSettings(process.env);
const terminal = processTerminal(settings.command, settings.columns);

const program = new Command('sluice')
  .description(
    'A self-hosted gateway for AI image, video and audio generation whose failures explain themselves.',
  )
  .version(version)
  .configureHelp({ showGlobalOptions: true, helpWidth: Math.min(terminal.width, 80), minWidthToWrap: 20 })
  .showHelpAfterError('(add --help for all that can be given)')
  .option('--url <address>', 'the gateway to speak to (SLUICE_URL)', settings.url)
  .option('--key <api key>', 'the API key (SLUICE_API_KEY)');

const target = () => {
  const { url, key } = program.opts<{ url: string; key?: string }>();
  return { url, apiKey: key ?? settings.apiKey };
};

program
  .command('serve')
  .description('start the gateway with sluice.config.yaml, or with its defaults where there is none')
  .option('--config <file>', 'another configuration file (SLUICE_CONFIG)')
  .option('--port <number>', 'listen on this port whatever the configuration says', wholeNumber(0, 65_535))
  .action(async (options: { config?: string; port?: number }) => {
    const { serve } = await import('./serve.ts');
    process.exitCode = await serve(terminal, { ...options, env: settings.environment, cwd: process.cwd() });
  });

program
  .command('demo')
  .description(
    'a real clip from a photograph, and a failure that explains itself: needs no key and no network',
  )
  .option('--out <folder>', 'where the files go', 'demo-output')
  .action(async (options: { out: string }) => {
    const { demo } = await import('./demo.ts');
    process.exitCode = await demo(terminal, options.out);
  });

program
  .command('sandbox')
  .description('emulators of providers and moderation services on this machine: no keys, no cost')
  .argument('[providers...]', 'such as fal, runway or rekognition; without any, all of them')
  .option('--port <number>', 'the first port (default 8790); 0 takes free ones', wholeNumber(0, 65_000))
  .option('--config <file>', 'write the configuration of a gateway on them to this file')
  .action(async (providers: string[], options: { port?: number; config?: string }) => {
    const { sandbox } = await import('./sandbox.ts');
    process.exitCode = await sandbox(terminal, { providers, ...options });
  });

program
  .command('generate')
  .description('make an image, a video or an audio clip and save it')
  .argument('<kind>', 'image, video or audio')
  .argument('<prompt>', 'what to make')
  .option('--model <id>', 'default: the first of the kind that the gateway offers')
  .option('--image <file or url>', 'an input picture; may be given several times', collect, [])
  .option('--video <file or url>', 'an input clip; may be given several times', collect, [])
  .option('--audio <file or url>', 'an input sound; may be given several times', collect, [])
  .option('--mask <file or url>', 'where to edit the picture')
  .option('--param <name=value>', 'any other parameter; may be given several times', collect, [])
  .option('--out <folder>', 'where the results go', '.')
  .option(
    '--check',
    'make nothing: say what is wrong with it, what would repair it and what it would cost',
    false,
  )
  .action(async (kind: string, prompt: string, options: Omit<GenerateOptions, 'kind' | 'prompt'>) => {
    process.exitCode = await generate(terminal, target(), { kind, prompt, ...options });
  });

program
  .command('wait')
  .description('wait for a task and, with --out, save its results')
  .argument('<task id>')
  .option('--out <folder>', 'where the results go')
  .option('--timeout <seconds>', 'give up waiting after this long; the task goes on', wholeNumber(1, 86_400))
  .action(async (id: string, options: { out?: string; timeout?: number }) =>
    wait(terminal, target(), id, options),
  );

program
  .command('cancel')
  .description('stop a task that is not over yet')
  .argument('<task id>')
  .action(async (id: string) => cancel(terminal, target(), id));

program
  .command('list')
  .description('the latest tasks')
  .option('--status <status>', 'pending, processing, completed, failed or cancelled')
  .option('--limit <number>', 'how many', wholeNumber(1, 100), 20)
  .action(async (options: { status?: string; limit: number }) => list(terminal, target(), options));

const files = program.command('files').description('files of the account that inputs can name');
files
  .command('list')
  .description('the latest files, and how many places are taken')
  .option('--limit <number>', 'how many', wholeNumber(1, 100), 20)
  .action(async ({ limit }: { limit: number }) => {
    const { listFiles } = await import('./files.ts');
    await listFiles(terminal, target(), limit);
  });
files
  .command('upload')
  .description('upload files, or have them downloaded, and print their links')
  .argument('<file or url...>')
  .option('--name <name>', 'what to call it; the same name in the same folder replaces the older file')
  .option('--folder <path>', 'where to keep it, such as birds/2026')
  .action(async (given: string[], flags: { name?: string; folder?: string }) => {
    const { uploadFiles } = await import('./files.ts');
    await uploadFiles(terminal, target(), given, flags);
  });
files
  .command('delete')
  .description('delete files; their links end at once')
  .argument('<file id...>')
  .action(async (ids: string[]) => {
    const { deleteFiles } = await import('./files.ts');
    process.exitCode = await deleteFiles(terminal, target(), ids);
  });

program
  .command('explain')
  .description('what an error code means and what to do about it; without a code, all of them')
  .argument('[code]', 'such as image_dimension_mismatch or quota_exceeded/rate_limit')
  .action((code?: string) => explain(terminal, code));

const forOperator = (command: Command) =>
  command
    .option(
      '--operator-key <key>',
      'default: SLUICE_OPERATOR_KEY, or the key in the data folder of the gateway here',
    )
    .option('--config <file>', 'the configuration file of the gateway here (SLUICE_CONFIG)')
    .option('--json', 'as the gateway says it, for scripts');
type OperatorFlags = { operatorKey?: string; config?: string; json?: boolean };
const operatorTarget = ({ operatorKey, config }: OperatorFlags) => ({
  url: target().url,
  operatorKey: operatorKey ?? settings.operatorKey,
  ...(config === undefined ? {} : { config }),
  env: settings.environment,
  cwd: process.cwd(),
});

forOperator(program.command('inspect'))
  .description('the timeline of a task, for its operator: what was tried, what came back, which rule decided')
  .argument('<task id>')
  .action(async (id: string, flags: OperatorFlags) => {
    const { inspect } = await import('./inspect.ts');
    await inspect(terminal, operatorTarget(flags), id, flags.json === true);
  });

forOperator(program.command('unknowns'))
  .description('evidence that no rule matched, in groups, so that the missing rule can be written')
  .option('--limit <number>', 'how many of the newest attempts to look at', wholeNumber(1, 5000), 1000)
  .action(async (flags: OperatorFlags & { limit: number }) => {
    const { unknowns } = await import('./unknowns.ts');
    await unknowns(terminal, operatorTarget(flags), { limit: flags.limit, json: flags.json === true });
  });

forOperator(program.command('routes'))
  .description('the health of every route; take one out of use, or put it back')
  .argument('[action]', 'drain or undrain')
  .argument('[route]', 'as `routes` names it')
  .action(async (action: string | undefined, route: string | undefined, flags: OperatorFlags) => {
    const { routes } = await import('./routes.ts');
    await routes(terminal, operatorTarget(flags), { action, route, json: flags.json === true });
  });

forOperator(program.command('decisions'))
  .description('what moderation blocked and why; let it pass for a key, or take that back')
  .argument('[decision id]', '`decision_id` of the error; without one, the latest are listed')
  .option('--overrule', 'let what its rule finds pass from now on')
  .option('--undo', 'block it again')
  .option('--for <key id>', 'for this key, instead of the one it was made for (with --undo: instead of all)')
  .option('--limit <number>', 'how many of the latest to list', wholeNumber(1, 1000), 20)
  .action(
    async (
      id: string | undefined,
      flags: OperatorFlags & { overrule?: boolean; undo?: boolean; for?: string; limit: number },
    ) => {
      const { decisions } = await import('./decisions.ts');
      await decisions(terminal, operatorTarget(flags), {
        id,
        overrule: flags.overrule === true,
        undo: flags.undo === true,
        forKey: flags.for,
        limit: flags.limit,
        json: flags.json === true,
      });
    },
  );

program
  .command('classify')
  .description("what the rules make of a provider's answer; needs no gateway")
  .argument('<file>', 'JSON or JSON lines; `-` reads standard input')
  .option('--general', "leave the provider's own rules out")
  .option('--json', 'verdict, decision and client error as JSON lines')
  .action(async (file: string, flags: { general?: boolean; json?: boolean }) => {
    const { classifyFile } = await import('./classify.ts');
    process.exitCode = await classifyFile(terminal, file, {
      general: flags.general === true,
      json: flags.json === true,
    });
  });

const accounts = program
  .command('accounts')
  .description('accounts and their credits, kept in the store: the gateway must not be running');
const CONFIG_FILE = ['--config <file>', 'the configuration file (SLUICE_CONFIG)'] as const;
const ownStore = (options: { config?: string }) => ({
  ...options,
  env: settings.environment,
  cwd: process.cwd(),
});
accounts
  .command('list')
  .description('all accounts, with what they have left, reserved and used')
  .option(...CONFIG_FILE)
  .action(async (options: { config?: string }) => {
    const { listAccounts } = await import('./accounts.ts');
    process.exitCode = await listAccounts(terminal, ownStore(options));
  });
accounts
  .command('grant')
  .description('give an account more credits')
  .argument('<account>')
  .argument('<credits>', 'how many more', credits)
  .option(...CONFIG_FILE)
  .action(async (account: string, more: number, options: { config?: string }) => {
    const { grantCredits } = await import('./accounts.ts');
    process.exitCode = await grantCredits(terminal, ownStore(options), account, more);
  });

const keys = program
  .command('keys')
  .description('API keys, kept in the store: the gateway must not be running');
for (const [name, argument, description] of [
  ['list', null, 'all keys'],
  ['create', '[name]', 'a new key; its secret is shown once'],
  ['disable', '<key id>', 'a key that is no longer let in'],
] as const) {
  const command = keys
    .command(name)
    .description(description)
    .option(...CONFIG_FILE);
  if (name !== 'disable') command.option('--account <id>', 'whose keys; default: the first account');
  if (argument) command.argument(argument);
  command.action(async (...given: unknown[]) => {
    const { manageKeys } = await import('./keys.ts');
    const { account = null, ...options } = command.opts<{ config?: string; account?: string }>();
    const value = typeof given[0] === 'string' ? given[0] : null;
    process.exitCode = await manageKeys(terminal, {
      action: name,
      value,
      account,
      ...ownStore(options),
    });
  });
}

try {
  await program.parseAsync();
} catch (error) {
  process.exitCode = 1;
  if (TaskError.is(error)) showError(terminal, error.toJSON());
  else if (error instanceof Interrupted) {
    process.exitCode = INTERRUPTED_EXIT_CODE;
    terminal.note(error.message);
  } else if (error instanceof UsageError) terminal.note(error.message);
  else if (error instanceof DOMException && error.name === 'TimeoutError') terminal.note(error.message);
  else throw error;
}

function collect(value: string, before: string[]): string[] {
  return [...before, value];
}

/** The store counts in thousandths. */
function credits(text: string): number {
  const value = Number(text);
  if (/^\d+(\.\d{1,3})?$/.test(text) && value > 0 && value <= 1_000_000_000) return value;
  throw new InvalidArgumentError(
    'It must be a number above 0, at most 1000000000, with up to three decimals.',
  );
}

function wholeNumber(least: number, most: number): (text: string) => number {
  return (text) => {
    const value = Number(text);
    if (Number.isInteger(value) && value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}
