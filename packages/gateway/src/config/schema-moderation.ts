/** The `moderation` section: what is looked for, from which score on it counts, and what is done about it. */
import { Type } from 'typebox';
import { DetectorSections, LikenessGallerySection, ProtectedImageSections } from './schema-detectors.ts';

const closed = { additionalProperties: false };

const threshold = (what: string) =>
  Type.Optional(
    Type.Unsafe<number | 'off'>({
      anyOf: [{ type: 'number', minimum: 0, maximum: 1 }, { const: 'off' }],
      description: `${what}: a score from 0 to 1 at which it counts, or \`off\`.`,
    }),
  );

const thresholds = Type.Object(
  {
    adult: threshold('Nudity and sexual content'),
    violence: threshold('Violence and self-harm'),
    minor_protection: threshold('Minors in a sensitive context (sexualised minors are always blocked)'),
    celebrity_likeness: threshold('Public figures'),
    third_party_content: threshold('Brands and characters'),
    photorealistic_people: threshold('Faces of real people in pictures'),
    general: threshold('Anything else a detector reports'),
  },
  {
    ...closed,
    description: '0.7 each, but `photorealistic_people` is `off`: a portrait alone is nobody’s fault.',
  },
);

const rules = {
  mode: Type.Optional(
    Type.Enum(['enforce', 'monitor', 'off'], {
      description:
        '`enforce` blocks (the default), `monitor` only records what would have been blocked, `off` looks for sexualised minors alone.',
    }),
  ),
  thresholds: Type.Optional(thresholds),
  on_error: Type.Optional(
    Type.Enum(['allow', 'block', 'queue'], {
      description:
        'Where a detector cannot look: let it pass, refuse it as `service_unavailable` (the default), or look again later.',
    }),
  ),
  results: Type.Optional(
    Type.Enum(['on', 'off'], {
      description: 'Whether generated pictures and videos are looked at as well; off by default.',
    }),
  ),
};

const overrides = (whose: string) =>
  Type.Record(Type.String(), Type.Object(rules, closed), {
    default: {},
    description: `By ${whose}: what differs for it.`,
  });

export const ModerationSection = Type.Object(
  {
    ...rules,
    packs: Type.Array(Type.String({ minLength: 1 }), {
      default: [],
      description: 'Rule packs of your own, beside the built-in ones; paths beside this file.',
    }),
    detectors: DetectorSections,
    protected_images: ProtectedImageSections,
    local_images: Type.Boolean({
      default: false,
      description:
        'Nudity and faces in pictures, by models on this machine, which are installed by `npm run moderation:install`.',
    }),
    likeness_gallery: LikenessGallerySection,
    video_frames: Type.Unsafe<number | 'off'>({
      anyOf: [{ type: 'integer', minimum: 2, maximum: 32 }, { const: 'off' }],
      default: 8,
      description:
        'How many frames of each video and animation the detectors of pictures are shown, or `off`: then videos pass unseen. The decoder is installed by `npm run moderation:install-frames`.',
    }),
    accounts: overrides('account id'),
    models: overrides('model'),
    keys: overrides('key id'),
  },
  { ...closed, default: {} },
);
