/**
 * AWS Rekognition: DetectModerationLabels and RecognizeCelebrities, told apart by `x-amz-target`. The signature is checked as AWS
 * checks it. Facts: the API reference, the developer guide's list of labels, and AWS's guide to signing.
 */
import { createHash, createHmac } from 'node:crypto';
import { type Call, json, type ProviderEmulator, type Reply, type Scenario } from './emulator.ts';
import {
  type Failures,
  failureScenarios,
  fieldOf,
  found,
  pictureFault,
  scenarioOf,
} from './moderation-picture.ts';

export const REKOGNITION_SANDBOX_KEYS = {
  accessKeyId: 'AKIDSANDBOX',
  secretAccessKey: 'sandbox-secret',
} as const;

const MAX_PICTURE_BYTES = 5 * 1024 * 1024;

type Label = readonly [name: string, parent: string, confidence: number];

interface Outcome {
  readonly description: string;
  readonly labels?: readonly Label[];
  readonly drawn?: number;
  readonly celebrity?: boolean;
  readonly faces?: number;
  readonly ends: Scenario['ends'];
}

const OUTCOMES: Readonly<Record<string, Outcome>> = {
  nudity: {
    description: 'Explicit nudity, on all three levels.',
    labels: [
      ['Exposed Buttocks or Anus', 'Explicit Nudity', 97.1],
      ['Explicit Nudity', 'Explicit', 97.1],
      ['Explicit', '', 97.1],
    ],
    ends: found('adult'),
  },
  swimwear: {
    description: 'Swimwear: a hint.',
    labels: [
      ['Female Swimwear or Underwear', 'Swimwear or Underwear', 99.2],
      ['Swimwear or Underwear', '', 99.2],
    ],
    ends: 'completed',
  },
  gore: {
    description: 'Blood.',
    labels: [
      ['Blood & Gore', 'Graphic Violence', 91],
      ['Graphic Violence', 'Violence', 91],
      ['Violence', '', 91],
    ],
    ends: found('violence'),
  },
  hate: {
    description: 'A hate symbol.',
    labels: [
      ['Extremist', 'Hate Symbols', 88],
      ['Hate Symbols', '', 88],
    ],
    ends: found('general'),
  },
  new_label: {
    description: 'A label that the list of 2024 does not have.',
    labels: [['Something New', '', 90]],
    ends: found('general'),
  },
  celebrity: { description: 'A public figure.', celebrity: true, ends: found('celebrity_likeness') },
  face: { description: 'The face of nobody known.', faces: 1, ends: 'completed' },
  drawn_face: { description: 'A face in an illustration.', faces: 1, drawn: 96, ends: 'completed' },
};

const FAILURES: Failures = {
  down: { reply: failure(500, 'InternalServerError'), description: 'An internal error.' },
  rate: { reply: failure(400, 'ThrottlingException'), description: 'Too many a second, as a bad request.' },
  denied: { reply: failure(400, 'AccessDeniedException'), description: 'The key may not do this.' },
  bad_picture: {
    reply: failure(400, 'InvalidImageFormatException'),
    description: 'A format it does not take.',
  },
  garbage: { reply: json(200, { ok: true }), description: 'An answer of another form.' },
};

export function createRekognition(): ProviderEmulator {
  let looks = 0;
  return {
    provider: 'rekognition',
    scenarios: [
      ...Object.entries(OUTCOMES).map(([name, { description, ends }]) => ({ name, description, ends })),
      ...failureScenarios(FAILURES),
    ],
    jobsMade: () => looks,
    answer(call) {
      const { scenario } = scenarioOf(call);
      const [, operation] = /^RekognitionService\.(\w+)$/.exec(call.headers['x-amz-target'] ?? '') ?? [];
      if (call.headers['content-type'] !== 'application/x-amz-json-1.1' || operation === undefined)
        return failure(400, 'UnknownOperationException');
      if (!isSigned(call)) return failure(400, 'InvalidSignatureException');
      const fault = pictureFault(fieldOf(fieldOf(call.body, 'Image'), 'Bytes'), MAX_PICTURE_BYTES);
      if (fault === 'too_large') return failure(400, 'ImageTooLargeException');
      if (fault !== null) return failure(400, 'InvalidImageFormatException');
      looks++;
      const broken = scenario === null ? undefined : FAILURES[scenario];
      if (broken) return broken.reply;
      return answerTo(operation, scenario === null ? undefined : OUTCOMES[scenario]);
    },
  };
}

function answerTo(operation: string, outcome: Outcome | undefined): Reply {
  switch (operation) {
    case 'DetectModerationLabels': {
      const labels = outcome?.labels ?? [];
      return amz({
        ModerationLabels: labels.map(([Name, ParentName, Confidence], index) => ({
          Name,
          ParentName,
          Confidence,
          TaxonomyLevel: labels.length - index,
        })),
        ModerationModelVersion: '7.0',
        ContentTypes:
          outcome?.drawn === undefined ? [] : [{ Name: 'Illustrated', Confidence: outcome.drawn }],
      });
    }
    case 'RecognizeCelebrities': {
      const face = {
        BoundingBox: { Width: 0.3, Height: 0.4, Left: 0.3, Top: 0.2 },
        Confidence: 99.6,
      };
      return amz({
        CelebrityFaces: outcome?.celebrity
          ? [{ Id: '1Sandbox', Name: 'Pat Example', Urls: [], MatchConfidence: 98, Face: face }]
          : [],
        UnrecognizedFaces: Array.from({ length: outcome?.faces ?? 0 }, () => face),
      });
    }
    default:
      return failure(400, 'UnknownOperationException');
  }
}

function amz(body: unknown): Reply {
  return json(200, body, { 'content-type': 'application/x-amz-json-1.1' });
}

function failure(status: number, type: string): Reply {
  const body = { __type: type, Message: 'The sandbox was asked to answer so.' };
  return json(status, body, { 'content-type': 'application/x-amz-json-1.1' });
}

/** Whatever headers the client chose to sign, `host` must be among them. */
function isSigned(call: Call): boolean {
  const given = /^AWS4-HMAC-SHA256 Credential=([^/]+)\/([^,]+), SignedHeaders=([^,]+), Signature=(\w+)$/;
  const [, id, scope = '', names = '', signature] = given.exec(call.headers.authorization ?? '') ?? [];
  if (id !== REKOGNITION_SANDBOX_KEYS.accessKeyId || !names.split(';').includes('host')) return false;
  const [date = '', region = '', service = '', end] = scope.split('/');
  const time = call.headers['x-amz-date'] ?? '';
  if (service !== 'rekognition' || end !== 'aws4_request' || !time.startsWith(date)) return false;
  const lines = names.split(';').map((name) => `${name}:${call.headers[name] ?? ''}\n`);
  const request = `${call.method}\n${call.path}\n\n${lines.join('')}\n${names}\n${hash(call.raw)}`;
  const keyed = (key: string | Buffer, text: string) => createHmac('sha256', key).update(text).digest();
  const dateKey = keyed(`AWS4${REKOGNITION_SANDBOX_KEYS.secretAccessKey}`, date);
  const key = keyed(keyed(keyed(dateKey, region), service), end);
  const expected = keyed(key, `AWS4-HMAC-SHA256\n${time}\n${scope}\n${hash(request)}`).toString('hex');
  return expected === signature;
}

function hash(data: string | Buffer): string {
  return createHash('sha256').update(data).digest('hex');
}
