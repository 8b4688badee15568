/** Azure AI Content Safety: `text:analyze` and `image:analyze`. Facts: Microsoft's REST reference and its page on limits. */
import { json, type ProviderEmulator, type Reply, type Scenario } from './emulator.ts';
import {
  type Failures,
  failureScenarios,
  fieldOf,
  found,
  pictureFault,
  scenarioOf,
} from './moderation-picture.ts';

const MAX_CHARACTERS = 10_000;
const MAX_PICTURE_BYTES = 4 * 1024 * 1024;

interface Severity {
  readonly label: string;
  readonly severity: number;
  readonly ends: Scenario['ends'];
}

const FLAGS: Readonly<Record<string, Severity>> = {
  sexual: { label: 'Sexual', severity: 6, ends: found('adult') },
  violence: { label: 'Violence', severity: 4, ends: found('violence') },
  self_harm: { label: 'SelfHarm', severity: 4, ends: found('violence') },
  hate: { label: 'Hate', severity: 6, ends: found('general') },
  mild: { label: 'Violence', severity: 2, ends: 'completed' },
};

const FAILURES: Failures = {
  down: { reply: failure(500, 'InternalServerError', 'Server error.'), description: 'The service is down.' },
  rate: {
    reply: failure(429, '429', 'Requests have exceeded rate limit of your current pricing tier.'),
    description: 'Too many a second.',
  },
  half: {
    reply: json(200, { categoriesAnalysis: [{ category: 'Hate', severity: 0 }] }),
    description: 'Only one kind of harm was looked for.',
  },
  garbage: { reply: json(200, { ok: true }), description: 'An answer of another form.' },
};

export function createAzureContentSafety(): ProviderEmulator {
  let looks = 0;
  return {
    provider: 'azure-content-safety',
    scenarios: [
      ...Object.entries(FLAGS).map(([name, { label, severity, ends }]) => ({
        name,
        description: `${label}, severity ${severity}.`,
        ends,
      })),
      ...failureScenarios(FAILURES),
    ],
    jobsMade: () => looks,
    answer(call) {
      const text = fieldOf(call.body, 'text');
      const { scenario, path } = scenarioOf(call, text);
      const [, kind] = /^\/contentsafety\/(text|image):analyze$/.exec(path) ?? [];
      if (kind === undefined || call.method !== 'POST' || !call.query.has('api-version'))
        return failure(404, '404', 'Resource not found');
      if (!/\S/.test(call.headers['ocp-apim-subscription-key'] ?? ''))
        return failure(401, '401', 'Access denied due to invalid subscription key or wrong API endpoint.');
      const wrong = kind === 'text' ? textFault(text) : imageFault(call.body);
      if (wrong !== null) return failure(400, 'InvalidRequestBody', wrong);
      looks++;
      const broken = scenario === null ? undefined : FAILURES[scenario];
      return broken ? broken.reply : severities(scenario === null ? undefined : FLAGS[scenario], kind);
    },
  };
}

function textFault(text: unknown): string | null {
  if (typeof text !== 'string' || text === '') return 'The text field is required.';
  return [...text].length > MAX_CHARACTERS ? 'The length of the text is over the limit.' : null;
}

function imageFault(body: unknown): string | null {
  const fault = pictureFault(fieldOf(fieldOf(body, 'image'), 'content'), MAX_PICTURE_BYTES);
  return fault === null ? null : `The given image is invalid: ${fault}.`;
}

function severities(flag: Severity | undefined, kind: string): Reply {
  return json(200, {
    ...(kind === 'text' ? { blocklistsMatch: [] } : {}),
    categoriesAnalysis: ['Hate', 'SelfHarm', 'Sexual', 'Violence'].map((category) => ({
      category,
      severity: category === flag?.label ? flag.severity : 0,
    })),
  });
}

function failure(status: number, code: string, message: string): Reply {
  return json(status, { error: { code, message } }, { 'x-ms-error-code': code });
}
