/**
 * What looks at pictures, and at words beside the built-in rules: hosted services, one schema for each (`service` decides which),
 * and the operator's own list of protected images. Keys are never written here but named: `"${NAME}"` (detectors.ts checks that).
 */
import { type Static, type TProperties, Type } from 'typebox';
import { CATEGORIES } from '../moderation/detector.ts';
import { DEFAULT_LIKENESS_THRESHOLD } from '../moderation/local-images.ts';
import { closed, NAME, named, URL_FORMAT } from './fields.ts';

const secret = (description: string) => Type.String({ minLength: 1, maxLength: 8192, description });
const address = (description: string) => Type.String({ format: URL_FORMAT, description });
// biome-ignore lint/suspicious/noTemplateCurlyInString: that is how a configuration names a variable
const API_KEY = 'The key, as the name of an environment variable: `"${NAME}"`.';

function section<Name extends string, Own extends TProperties>(service: Name, description: string, own: Own) {
  return Type.Object({ service: Type.Literal(service, { description }), ...own }, closed);
}

const home = (url: string) =>
  Type.Optional(address(`Without it, the service's own: ${url}. For a proxy or an emulator.`));

const DETECTOR_SECTIONS = {
  openai: section('openai', "OpenAI's moderation endpoint.", {
    api_key: secret(API_KEY),
    base_url: home('https://api.openai.com/v1'),
    model: Type.Optional(
      Type.String({
        minLength: 1,
        maxLength: 200,
        description: 'Without it `omni-moderation-latest`; text-only models cannot look at pictures.',
      }),
    ),
  }),
  rekognition: section('rekognition', 'AWS Rekognition.', {
    access_key_id: secret('The id of the access key.'),
    secret_access_key: secret('The secret of the access key, as the name of a variable.'),
    session_token: Type.Optional(
      secret('Of temporary credentials, as the name of a variable. It is read at the start only.'),
    ),
    region: Type.String({
      pattern: '^[a-z]{2}(-[a-z]{2,12}){1,3}-[0-9]{1,2}$',
      description: 'A region that has Rekognition, such as `eu-west-1`.',
    }),
    base_url: home('https://rekognition.REGION.amazonaws.com'),
    faces: Type.Optional(
      Type.Boolean({
        description: 'Whether faces are looked for too, a second paid call for each picture; on by default.',
      }),
    ),
  }),
  'google-vision': section('google-vision', 'Google Cloud Vision: SafeSearch and logos.', {
    api_key: secret(API_KEY),
    base_url: home('https://vision.googleapis.com/v1'),
  }),
  'azure-content-safety': section('azure-content-safety', 'Azure AI Content Safety.', {
    api_key: secret(API_KEY),
    base_url: address("The resource's own address: https://NAME.cognitiveservices.azure.com."),
  }),
} as const;

export type DetectorFile = Static<(typeof DETECTOR_SECTIONS)[keyof typeof DETECTOR_SECTIONS]>;

export const DetectorSections = Type.Array(
  Type.Unsafe<DetectorFile>({
    type: 'object',
    discriminator: { propertyName: 'service' },
    required: ['service'],
    oneOf: Object.values(DETECTOR_SECTIONS),
  }),
  {
    default: [],
    description:
      'Hosted services that look at texts or pictures for a fee; each at most once. What each sees: docs/moderation-images.md.',
  },
);

export const ProtectedImageSections = Type.Array(
  Type.Object(
    {
      name: Type.String({ pattern: NAME, description: named.description }),
      file: Type.String({ minLength: 1, description: 'The picture: a path beside this file.' }),
      category: Type.Enum([...CATEGORIES], {
        default: 'third_party_content',
        description: 'What a near-copy of it counts as.',
      }),
    },
    closed,
  ),
  { default: [], description: 'Pictures nobody may use; near-copies of them are found.' },
);

export const LikenessGallerySection = Type.Optional(
  Type.Object(
    {
      folder: Type.String({
        minLength: 1,
        description:
          'Pictures of people, a sub-folder for each or a file for each: a path beside this file. Their names stand in findings.',
      }),
      threshold: Type.Number({
        minimum: 0.45,
        maximum: 0.8,
        default: DEFAULT_LIKENESS_THRESHOLD,
        description:
          'How alike two faces must be to count as the same person: what becomes a score of 0.7. Lower finds more, and more of the wrong ones.',
      }),
    },
    {
      ...closed,
      description:
        'Whose likeness is noticed in pictures, by the local models (`local_images` must be on). Biometric data: read docs/moderation-images.md first.',
    },
  ),
);
