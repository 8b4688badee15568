import assert from 'node:assert/strict';
import { after, test } from 'node:test';
import { TaskError } from '@sluice/errors';
import {
  createAzureContentSafety,
  createGoogleVision,
  createOpenaiModeration,
  createRekognition,
  type ProviderEmulator,
  REKOGNITION_SANDBOX_KEYS,
  type RunningEmulator,
  startEmulator,
} from '@sluice/sandbox';
import sharp from 'sharp';
import { ManualClock } from '../../clock.ts';
import { createCaller } from '../../upstream/call.ts';
import type { Detector, DetectorOutcome, Finding, Subject } from '../detector.ts';
import { createModerator } from '../moderate.ts';
import { DEFAULT_POLICY } from '../policy.ts';
import { memoryDecisions } from '../testing/memory-decisions.ts';
import type { HostedAnswer, HostedCaller, HostedRequest } from './ask.ts';
import { createHostedDetector, type HostedSettings, secretsOf } from './hosted.ts';

const SECRET = 'sk-moderation-secret';
const clock = new ManualClock();
const caller = createCaller({ provider: 'moderation', api: 'test', secrets: [SECRET] });
after(() => caller.close());

const PLACE = 'taken at 52.5200 N, 13.4050 E';
const photo = await sharp({ create: { width: 2400, height: 1600, channels: 3, background: '#6a8' } })
  .withExif({ IFD0: { ImageDescription: PLACE } })
  .png()
  .toBuffer();

const pictureSubject = (bytes: Uint8Array = photo): Subject => ({
  kind: 'image',
  stage: 'input',
  input: 'image_urls[0]',
  bytes,
  mimeType: 'image/png',
  atSeconds: null,
});
const textSubject = (text: string): Subject => ({ kind: 'text', stage: 'input', input: 'prompt', text });

interface Service {
  readonly emulator: () => ProviderEmulator;
  readonly settings: (url: string) => HostedSettings;
  readonly texts: boolean;
  /** Scenarios that only texts can show. */
  readonly textOnly?: readonly string[];
}

const SERVICES: Readonly<Record<string, Service>> = {
  'openai-moderation': {
    emulator: createOpenaiModeration,
    settings: (url) => ({ service: 'openai', apiKey: SECRET, baseUrl: `${url}/v1` }),
    texts: true,
    textOnly: ['minors', 'hate'],
  },
  rekognition: {
    emulator: createRekognition,
    settings: (url) => ({
      service: 'rekognition',
      region: 'eu-west-1',
      baseUrl: url,
      ...REKOGNITION_SANDBOX_KEYS,
    }),
    texts: false,
  },
  'google-vision': {
    emulator: createGoogleVision,
    settings: (url) => ({ service: 'google-vision', apiKey: SECRET, baseUrl: `${url}/v1` }),
    texts: false,
  },
  'azure-content-safety': {
    emulator: createAzureContentSafety,
    settings: (url) => ({ service: 'azure-content-safety', apiKey: SECRET, baseUrl: url }),
    texts: true,
  },
};

/** What a client is told when the detector stands in the real pipeline, under the default policy. */
async function endOf(detector: Detector, subject: Subject): Promise<unknown> {
  const moderator = createModerator({
    policy: DEFAULT_POLICY,
    detectors: [detector],
    decisions: memoryDecisions(),
    clock,
    randomId: () => 'abcdefghijkl',
    onRecordFailed: (error) => assert.fail(String(error)),
  });
  const { kind } = subject;
  const pictures = kind === 'text' ? [] : [{ ...subject, read: async () => subject.bytes }];
  try {
    const passed = await moderator.checkInput({
      taskId: null,
      requestId: 'req_1',
      accountId: 'a',
      keyId: 'k',
      model: 'm',
      signal: new AbortController().signal,
      params: kind === 'text' ? { prompt: subject.text } : {},
      pictures,
      clips: [],
    });
    return passed.kind === 'passed' ? 'completed' : passed.kind;
  } catch (error) {
    if (!(error instanceof TaskError)) throw error;
    const { code, subtype } = error;
    return code === 'content_policy_violation' ? { code, subtype } : { code };
  }
}

for (const [name, service] of Object.entries(SERVICES)) {
  const withService = async (body: (running: RunningEmulator) => Promise<void>) => {
    const running = await startEmulator(service.emulator());
    try {
      await body(running);
    } finally {
      await running.close();
    }
  };
  const detectorAt = (url: string) => createHostedDetector(service.settings(url), { caller, clock });

  test(`${name}: every scenario of a picture ends as it should`, async () => {
    await withService(async ({ url, scenarios }) => {
      assert.ok(scenarios.length > 5);
      for (const { name: word, ends } of scenarios) {
        const expected = service.textOnly?.includes(word) ? 'completed' : ends;
        assert.deepEqual(await endOf(detectorAt(`${url}/sandbox:${word}`), pictureSubject()), expected, word);
      }
    });
  });

  test(`${name}: what is harmless passes, and the answer says so by its findings`, async () => {
    await withService(async ({ url }) => {
      const detector = detectorAt(url);
      assert.equal(detector.name, name);
      assert.equal(await endOf(detector, pictureSubject()), 'completed');
      if (service.texts) assert.equal(await endOf(detector, textSubject('a quiet harbour')), 'completed');
    });
  });

  if (service.texts) {
    test(`${name}: every scenario of a text ends as it should`, async () => {
      await withService(async ({ url, scenarios }) => {
        for (const { name: word, ends } of scenarios) {
          const expected = word === 'blind' ? 'completed' : ends;
          const subject = textSubject(`a harbour sandbox:${word}`);
          assert.deepEqual(await endOf(detectorAt(url), subject), expected, word);
        }
      });
    });
  } else {
    test(`${name}: is not asked about texts`, () => {
      assert.ok(!detectorAt('http://127.0.0.1:1').looksAt.includes('text'));
    });
  }

  test(`${name}: the picture leaves small and without its metadata`, async () => {
    await withService(async ({ url, calls }) => {
      await detectorAt(url).detect(pictureSubject(), new AbortController().signal);
      assert.ok(calls.length > 0);
      for (const { raw } of calls) {
        const base64 = /"(?:data:image\/jpeg;base64,)?([A-Za-z0-9+/]{200,}={0,2})"/.exec(raw.toString())?.[1];
        const sent = Buffer.from(base64 ?? '', 'base64');
        const { format, width, height, exif } = await sharp(sent).metadata();
        assert.deepEqual(
          { format, width, height, exif },
          { format: 'jpeg', width: 1600, height: 1067, exif: undefined },
        );
        assert.ok(!sent.includes(PLACE));
      }
    });
  });

  test(`${name}: nobody there is a failure with a reason and without a secret`, async () => {
    const outcome = await detectorAt('http://127.0.0.1:1').detect(
      pictureSubject(),
      new AbortController().signal,
    );
    if (outcome.kind !== 'failed') assert.fail(outcome.kind);
    assert.match(outcome.reason, /^did not answer \(\w+\)$/);
  });

  test(`${name}: given up is a failure, soon`, async () => {
    const outcome = await detectorAt('http://127.0.0.1:1').detect(pictureSubject(), AbortSignal.abort());
    assert.deepEqual(outcome, { kind: 'failed', reason: 'was given up' });
  });

  test(`${name}: a picture that cannot be read is a failure, and nothing is sent`, async () => {
    await withService(async ({ url, calls }) => {
      const broken = pictureSubject(photo.subarray(0, 40));
      const outcome = await detectorAt(url).detect(broken, new AbortController().signal);
      assert.deepEqual(outcome, { kind: 'failed', reason: 'the picture could not be made smaller' });
      assert.equal(calls.length, 0);
    });
  });

  test(`${name}: a wrong key is named by its status and code, never by the service's words`, async () => {
    const running = await startEmulator(service.emulator());
    const settings = service.settings(running.url);
    const wrong: HostedSettings =
      settings.service === 'rekognition'
        ? { ...settings, secretAccessKey: 'other' }
        : { ...settings, apiKey: '' };
    const detector = createHostedDetector(wrong, { caller, clock });
    const outcome = await detector.detect(pictureSubject(), new AbortController().signal);
    await running.close();
    if (outcome.kind !== 'failed') assert.fail(outcome.kind);
    assert.match(outcome.reason, /^answered 4\d\d [\w.-]+$/);
  });
}

/** A caller that answers in turn. */
function scripted(...answers: readonly HostedAnswer[]): HostedCaller & { readonly sent: HostedRequest[] } {
  const sent: HostedRequest[] = [];
  return {
    sent,
    async send(request) {
      sent.push(request);
      const answer = answers[Math.min(sent.length, answers.length) - 1];
      assert.ok(answer);
      return answer;
    },
  };
}

const azure: HostedSettings = {
  service: 'azure-content-safety',
  apiKey: SECRET,
  baseUrl: 'http://azure.test',
};
const severities = (violence: unknown): HostedAnswer => ({
  kind: 'answer',
  status: 200,
  body: {
    categoriesAnalysis: ['Hate', 'SelfHarm', 'Sexual']
      .map((category): { category: string; severity: unknown } => ({ category, severity: 0 }))
      .concat({ category: 'Violence', severity: violence }),
  },
});
const signal = new AbortController().signal;
const findingsIn = (outcome: DetectorOutcome): readonly Finding[] =>
  outcome.kind === 'findings' ? outcome.findings : assert.fail(outcome.reason);

test('a broken connection and an internal error are tried once more, a time-out and a refusal are not', async () => {
  const silence = (name: string): HostedAnswer => ({ kind: 'silence', fault: { name } });
  const status = (code: number): HostedAnswer => ({ kind: 'answer', status: code, body: '<html>' });
  const cases = [
    [silence('SocketError'), 2, 'findings'],
    [status(503), 2, 'findings'],
    [silence('TimeoutError'), 1, 'failed'],
    [status(429), 1, 'failed'],
    [status(302), 1, 'failed'],
  ] as const;
  for (const [first, calls, kind] of cases) {
    const script = scripted(first, severities(0));
    const outcome = await createHostedDetector(azure, { caller: script, clock }).detect(
      textSubject('x'),
      signal,
    );
    assert.deepEqual([script.sent.length, outcome.kind], [calls, kind], JSON.stringify(first));
  }
});

test('a long text is cut where the service has its limit, and the last part counts too', async () => {
  const script = scripted(severities(0), severities(0), severities(4));
  const text = '\u{1F6A2}'.repeat(25_000);
  const outcome = await createHostedDetector(azure, { caller: script, clock }).detect(
    textSubject(text),
    signal,
  );
  assert.equal(script.sent.length, 3);
  for (const { body } of script.sent) {
    const part = body.text;
    assert.ok(typeof part === 'string' && [...part].length <= 10_000);
  }
  assert.deepEqual(
    findingsIn(outcome).map(({ category, score }) => [category, score]),
    [['violence', 0.75]],
  );
});

test('severities rise to scores, and a missing one is no clean bill', async () => {
  const scoreOf = async (severity: unknown) => {
    const detector = createHostedDetector(azure, { caller: scripted(severities(severity)), clock });
    const outcome = await detector.detect(textSubject('x'), signal);
    return outcome.kind === 'failed' ? outcome.reason : (outcome.findings[0]?.score ?? 0);
  };
  assert.deepEqual(await Promise.all([0, 2, 4, 6, 7].map(scoreOf)), [0, 0.4, 0.75, 0.95, 1]);
  assert.equal(await scoreOf(null), 'gave no severity for Violence');
});

test('a strip is widened, not stretched, to what services take', async () => {
  const strip = await sharp({ create: { width: 900, height: 4, channels: 3, background: '#000' } })
    .png()
    .toBuffer();
  const script = scripted(severities(0));
  await createHostedDetector(azure, { caller: script, clock }).detect(pictureSubject(strip), signal);
  const { image } = JSON.parse(JSON.stringify(script.sent[0]?.body));
  const { width, height } = await sharp(Buffer.from(image.content, 'base64')).metadata();
  assert.deepEqual([width, height], [900, 80]);
});

const seenBy = async (word: string): Promise<readonly (readonly [string, string | null, number])[]> => {
  const running = await startEmulator(createRekognition());
  const settings: HostedSettings = {
    service: 'rekognition',
    region: 'eu-west-1',
    baseUrl: `${running.url}/sandbox:${word}`,
    ...REKOGNITION_SANDBOX_KEYS,
  };
  const outcome = await createHostedDetector(settings, { caller, clock }).detect(pictureSubject(), signal);
  await running.close();
  return findingsIn(outcome).map(
    ({ category, rule, score }) => [category, rule, Math.round(score * 100)] as const,
  );
};

test('Rekognition: a label means what its nearest known ancestor means', async () => {
  assert.deepEqual(await seenBy('gore'), [
    ['violence', 'blood-gore', 91],
    ['violence', 'graphic-violence', 91],
    ['violence', 'violence', 59],
  ]);
  assert.deepEqual(await seenBy('swimwear'), [
    ['adult', 'female-swimwear-or-underwear', 40],
    ['adult', 'swimwear-or-underwear', 40],
  ]);
  assert.deepEqual(await seenBy('new_label'), [['general', 'something-new', 90]]);
});

test('Rekognition: a public figure is a likeness and a face, a drawn face is hardly a person', async () => {
  assert.deepEqual(await seenBy('celebrity'), [
    ['celebrity_likeness', 'celebrity:1sandbox', 98],
    ['photorealistic_people', 'face', 100],
  ]);
  assert.deepEqual(await seenBy('face'), [['photorealistic_people', 'face', 100]]);
  assert.deepEqual(await seenBy('drawn_face'), []);
});

test('OpenAI: a flagged sexualised minor is absolute', async () => {
  const running = await startEmulator(createOpenaiModeration());
  const settings: HostedSettings = { service: 'openai', apiKey: SECRET, baseUrl: `${running.url}/v1` };
  const detector = createHostedDetector(settings, { caller, clock });
  const outcome = await detector.detect(textSubject('sandbox:minors'), signal);
  const other = await detector.detect(textSubject('sandbox:sexual'), signal);
  await running.close();
  assert.deepEqual(
    findingsIn(outcome).map(({ category, absolute }) => [category, absolute]),
    [['minor_protection', true]],
  );
  assert.ok(findingsIn(other).every(({ absolute }) => !absolute));
});

test('every secret of a service is known to whoever makes the caller', () => {
  assert.deepEqual(secretsOf(azure), [SECRET]);
  const aws: HostedSettings = { service: 'rekognition', region: 'r', ...REKOGNITION_SANDBOX_KEYS };
  assert.deepEqual(secretsOf({ ...aws, sessionToken: 'token' }), ['sandbox-secret', 'token']);
});
