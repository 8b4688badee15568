/** What each of Runway's models takes, as the types of its official SDK (4.20) say. A model that is not here is sent what was asked. */

export interface RunwayModel {
  /** Sizes (`1280:720`) or proportions (`16:9`) it makes from words alone; absent where it cannot. */
  readonly ratios?: readonly string[];
  /** The same when a picture is given as the first frame; empty where the picture alone decides. */
  readonly framed?: readonly string[];
  /** `ratio`, unless it is called otherwise. */
  readonly ratioField?: string;
  /** Our quality to its `resolution`, where its ratios are proportions. */
  readonly resolutions?: Readonly<Record<string, string>>;
  /** Pictures a clip may begin and end with. */
  readonly frames?: 1 | 2;
  /** Pictures an image may be made after. */
  readonly references?: number;
  /** The field for a clip to be worked on. */
  readonly video?: 'videoUri' | 'promptVideo';
  readonly audio?: boolean;
  readonly negativePrompt?: boolean;
  readonly seed?: boolean;
  /** `outputCount` is taken. */
  readonly several?: boolean;
  /** Words for `quality` of an image model. */
  readonly qualities?: readonly string[];
  readonly formats?: readonly string[];
}

const HD = ['1280:720', '720:1280'];
const FULL_HD = [...HD, '1920:1080', '1080:1920'];
const GEN4_FRAMES = [...HD, '1104:832', '832:1104', '960:960', '1584:672'];
const GEN4_IMAGES = [
  ...['1024:1024', '1080:1080', '1168:880', '1360:768', '1440:1080', '1080:1440', '1808:768', '1920:1080'],
  ...['1080:1920', '2112:912', '1280:720', '720:1280', '720:720', '960:720', '720:960', '1680:720'],
];
const SEEDANCE_SMALL = [
  ...['992:432', '864:496', '752:560', '640:640', '560:752', '496:864'],
  ...['1470:630', '1280:720', '1112:834', '960:960', '834:1112', '720:1280'],
];
const SEEDANCE_LARGE = [
  ...['2206:946', '1920:1080', '1664:1248', '1440:1440', '1248:1664', '1080:1920'],
  ...['3840:1646', '3840:2160', '3840:2880', '3840:3840', '2880:3840', '2160:3840'],
];
const GEMINI_SMALL = [
  ...['1344:768', '768:1344', '1024:1024', '1184:864', '864:1184'],
  ...['1536:672', '832:1248', '1248:832', '896:1152', '1152:896'],
];
const GEMINI_LARGE = [
  ...['2048:2048', '1696:2528', '2528:1696', '1792:2400', '2400:1792', '1856:2304', '2304:1856', '1536:2752'],
  ...['2752:1536', '3168:1344', '4096:4096', '3392:5056', '5056:3392', '3584:4800', '4800:3584', '3712:4608'],
  ...['4608:3712', '3072:5504', '5504:3072', '6336:2688'],
];
const GPT_IMAGES = [
  ...['2048:880', '1920:1088', '1920:1280', '1920:1440', '1920:1536', '1920:1920', '1536:1920', '1440:1920'],
  ...['1280:1920', '1088:1920', '2912:1248', '2560:1440', '2560:1712', '2560:1920', '2560:2048', '2560:2560'],
  ...['2048:2560', '1920:2560', '1712:2560', '1440:2560', '3840:1648', '3840:2160', '3504:2336', '3264:2448'],
  ...['3200:2560', '2880:2880', '2560:3200', '2448:3264', '2336:3504', '2160:3840', 'auto'],
];
const SEEDREAM_IMAGES = [
  ...['1024:1024', '1184:896', '896:1184', '1376:768', '768:1376', '1296:864', '864:1296', '2048:2048'],
  ...['2304:1728', '1728:2304', '2720:1530', '1530:2720', '2496:1664', '1664:2496'],
];

const VEO: RunwayModel = { ratios: FULL_HD, frames: 2, audio: true, negativePrompt: true, seed: true };
const SEEDANCE: RunwayModel = {
  ratios: SEEDANCE_SMALL,
  frames: 2,
  video: 'promptVideo',
  audio: true,
  seed: true,
};

const MODELS: Readonly<Record<string, RunwayModel>> = {
  'gen4.5': { ratios: HD, framed: GEN4_FRAMES, frames: 1, seed: true },
  gen4_turbo: { framed: GEN4_FRAMES, frames: 1, seed: true },
  'veo3.1': VEO,
  'veo3.1_fast': VEO,
  seedance2: { ...SEEDANCE, ratios: [...SEEDANCE_SMALL, ...SEEDANCE_LARGE] },
  seedance2_fast: SEEDANCE,
  seedance2_mini: SEEDANCE,
  gemini_omni_flash: { ratios: HD, frames: 1, video: 'videoUri' },
  hailuo3: {
    ratios: ['adaptive', '21:9', '16:9', '4:3', '1:1', '3:4', '9:16'],
    resolutions: { '720p': '768p', '768p': '768p', '2k': '2k' },
    frames: 2,
    video: 'promptVideo',
  },
  aleph2: {
    ratios: ['16:9', '4:3', '3:2', '1:1', '2:3', '3:4', '9:16', '21:9'],
    ratioField: 'targetAspectRatio',
    resolutions: {},
    video: 'videoUri',
    seed: true,
  },
  gen4_image: { ratios: GEN4_IMAGES, references: 3, seed: true },
  gen4_image_turbo: { ratios: GEN4_IMAGES, references: 3, seed: true },
  gpt_image_2: {
    ratios: GPT_IMAGES,
    references: 16,
    several: true,
    qualities: ['low', 'medium', 'high', 'auto'],
  },
  gemini_image3_pro: { ratios: [...GEMINI_SMALL, ...GEMINI_LARGE], references: 14, several: true },
  'gemini_2.5_flash': { ratios: GEMINI_SMALL, references: 3 },
  seedream5_pro: { ratios: SEEDREAM_IMAGES, references: 16, several: true, formats: ['png', 'jpeg'] },
};

/** A model newer than this table: taken to be able to do everything, in the commonest sizes; the provider refuses what it cannot. */
const NEWER: RunwayModel = {
  ratios: [...FULL_HD, '1104:832', '832:1104', '960:960', '1584:672', '1024:1024', '2048:2048'],
  frames: 2,
  references: 16,
  video: 'promptVideo',
  audio: true,
  negativePrompt: true,
  seed: true,
  several: true,
};

/** `listed` is false for a model newer than the table: then sizes outside `ratios` may be good too. */
export function modelOf(name: string): RunwayModel & { readonly listed: boolean } {
  const known = Object.hasOwn(MODELS, name) ? MODELS[name] : undefined;
  return known ? { ...known, listed: true } : { ...NEWER, listed: false };
}
