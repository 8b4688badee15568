/** Google Cloud Vision, `images:annotate` with SafeSearch and logos. Facts: Google's reference of the v1 interface. */
import { json, type ProviderEmulator, type Reply, type Scenario } from './emulator.ts';
import { fieldOf, found, NOBODY_LOOKED, pictureFault, scenarioOf } from './moderation-picture.ts';

/** Of a whole JSON request. */
const MAX_PICTURE_BYTES = 7 * 1024 * 1024;

const CLEAN = {
  adult: 'VERY_UNLIKELY',
  spoof: 'UNLIKELY',
  medical: 'VERY_UNLIKELY',
  violence: 'VERY_UNLIKELY',
  racy: 'UNLIKELY',
};
const LOGO = {
  mid: '/m/0sandbox',
  description: 'Example & Sons',
  score: 0.91,
  boundingPoly: {
    vertices: [
      { x: 10, y: 10 },
      { x: 90, y: 10 },
    ],
  },
};

interface Outcome {
  readonly description: string;
  readonly annotation: unknown;
  readonly ends: Scenario['ends'];
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  adult: {
    description: 'Very likely adult.',
    annotation: { safeSearchAnnotation: { ...CLEAN, adult: 'VERY_LIKELY', racy: 'VERY_LIKELY' } },
    ends: found('adult'),
  },
  racy: {
    description: 'Racy, and no more: a hint.',
    annotation: { safeSearchAnnotation: { ...CLEAN, racy: 'VERY_LIKELY' } },
    ends: 'completed',
  },
  violence: {
    description: 'Likely violent.',
    annotation: { safeSearchAnnotation: { ...CLEAN, violence: 'LIKELY' } },
    ends: found('violence'),
  },
  logo: {
    description: 'The logo of a company.',
    annotation: { safeSearchAnnotation: CLEAN, logoAnnotations: [LOGO] },
    ends: found('third_party_content'),
  },
  unknown: {
    description: 'It cannot tell whether the picture is adult.',
    annotation: { safeSearchAnnotation: { ...CLEAN, adult: 'UNKNOWN' } },
    ends: NOBODY_LOOKED,
  },
  half: {
    description: 'The logos were looked for, SafeSearch was not.',
    annotation: { logoAnnotations: [] },
    ends: NOBODY_LOOKED,
  },
  bad_picture: {
    description: 'An error under a success: the picture cannot be read.',
    annotation: { error: { code: 3, message: 'Bad image data.' } },
    ends: NOBODY_LOOKED,
  },
};

const DOWN: Readonly<Record<string, Reply>> = {
  down: failure(503, 'UNAVAILABLE', 'The service is currently unavailable.'),
  rate: failure(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded for quota metric.'),
};

export function createGoogleVision(): ProviderEmulator {
  let looks = 0;
  return {
    provider: 'google-vision',
    scenarios: [
      ...Object.entries(OUTCOMES).map(([name, { description, ends }]) => ({ name, description, ends })),
      ...Object.keys(DOWN).map((name) => ({ name, description: `It is ${name}.`, ends: NOBODY_LOOKED })),
    ],
    jobsMade: () => looks,
    answer(call) {
      const { scenario, path } = scenarioOf(call);
      if (path !== '/v1/images:annotate' || call.method !== 'POST')
        return failure(404, 'NOT_FOUND', 'Requested entity was not found.');
      if (!/\S/.test(call.headers['x-goog-api-key'] ?? call.query.get('key') ?? ''))
        return failure(403, 'PERMISSION_DENIED', 'Method doesn’t allow unregistered callers.');
      const requests = fieldOf(call.body, 'requests');
      const [request] = Array.isArray(requests) ? requests : [];
      if (!Array.isArray(fieldOf(request, 'features')))
        return failure(400, 'INVALID_ARGUMENT', 'Request must specify features.');
      looks++;
      const down = scenario === null ? undefined : DOWN[scenario];
      if (down) return down;
      if (pictureFault(fieldOf(fieldOf(request, 'image'), 'content'), MAX_PICTURE_BYTES) !== null)
        return json(200, { responses: [OUTCOMES.bad_picture?.annotation] });
      const outcome = scenario === null ? undefined : OUTCOMES[scenario];
      return json(200, { responses: [outcome ? outcome.annotation : { safeSearchAnnotation: CLEAN }] });
    },
  };
}

function failure(code: number, status: string, message: string): Reply {
  return json(code, { error: { code, message, status } });
}
