/** What the words of an edit do to a picture. A prompt may name several looks; they are applied in the order of this table. */
import type { Chance } from '../scene/chance.ts';
import { asSharp, type Picture, take } from './picture.ts';

/** `dice` varies a look a little, so that several results of one job differ. */
type Apply = (picture: Picture, dice: Chance) => Picture | Promise<Picture>;

interface Look {
  readonly name: string;
  readonly words: RegExp;
  readonly apply: Apply;
}

export const looks: readonly Look[] = [
  {
    name: 'mirror',
    words: /\b(mirror(ed)?|flip(ped)?)\b|镜像|翻转/i,
    apply: (picture) => take(asSharp(picture).flop()),
  },
  { name: 'sketch', words: /\b(sketch|pencil|line ?art|drawing|charcoal)\b|素描|线稿/i, apply: sketch },
  {
    name: 'poster',
    words:
      /\b(poster|cartoon|comic|pop[- ]art|illustration|anime|paint(ing|ed)?|watercolou?r)\b|海报|卡通|漫画|油画|水彩/i,
    apply: poster,
  },
  { name: 'pixels', words: /\b(pixel(ated?)?|pixel[- ]art|mosaic|8[- ]bit)\b|像素|马赛克/i, apply: pixelate },
  {
    name: 'mono',
    words: /\b(black[- ]and[- ]white|b&w|monochrome|gr[ae]y ?scale|noir)\b|黑白|单色/i,
    apply: perPixel((r, g, b) => {
      const v = curve(grey(r, g, b), 0.05);
      return [v, v, v];
    }),
  },
  {
    name: 'sepia',
    words: /\b(sepia|old photo(graph)?|antique|daguerreotype)\b|棕褐|老照片/i,
    apply: perPixel((r, g, b) => {
      const v = grey(r, g, b);
      return [v * 0.94 + 0.09, v * 0.8 + 0.045, v * 0.6 + 0.015];
    }, 0.45),
  },
  {
    name: 'vintage',
    words: /\b(vintage|retro|analog(ue)?|film|polaroid|faded|nostalgic|70s|80s)\b|复古|怀旧|胶片/i,
    apply: perPixel((r, g, b) => {
      const v = grey(r, g, b);
      return [
        0.07 + 0.9 * (r * 0.82 + v * 0.18),
        0.055 + 0.86 * (g * 0.8 + v * 0.2),
        0.11 + 0.7 * (b * 0.72 + v * 0.28),
      ];
    }, 0.4),
  },
  {
    name: 'warm',
    words: /\b(warm(er)?|golden|sunset|sunrise|summer|autumn|cozy|orange)\b|温暖|暖色|金色|日落/i,
    apply: perPixel((r, g, b) => [r * 1.09 + 0.02, g * 1.01, b * 0.83]),
  },
  {
    name: 'cold',
    words: /\b(cold(er)?|cool(er)?|icy|winter|blue|moonlight)\b|寒冷|冷色|冬/i,
    apply: perPixel((r, g, b) => [r * 0.86, g * 0.98, b * 1.09 + 0.025]),
  },
  {
    name: 'night',
    words: /\b(night|midnight)\b|夜/i,
    apply: perPixel((r, g, b) => {
      const v = grey(r, g, b);
      return [0.3 * r + 0.08 * v, 0.36 * g + 0.12 * v, 0.52 * b + 0.2 * v + 0.03];
    }, 0.4),
  },
  {
    name: 'vivid',
    words: /\b(vivid|vibrant|saturated|colou?rful|hdr|pop)\b|鲜艳|饱和/i,
    apply: perPixel((r, g, b) => saturate(curve(r, 0.035), curve(g, 0.035), curve(b, 0.035), 1.4)),
  },
  {
    name: 'bright',
    words: /\b(bright(er)?|lighten|light(er)?|high[- ]key)\b|明亮|提亮/i,
    apply: perPixel((r, g, b) => [r ** 0.75, g ** 0.75, b ** 0.75]),
  },
  {
    name: 'dark',
    words: /\b(dark(er)?|moody|dramatic|low[- ]key)\b|暗/i,
    apply: perPixel(
      (r, g, b) => saturate(curve(r ** 1.25, 0.03), curve(g ** 1.25, 0.03), curve(b ** 1.2, 0.03), 0.86),
      0.5,
    ),
  },
  {
    name: 'negative',
    words: /\b(negative|invert(ed)?)\b|反色|负片/i,
    apply: perPixel((r, g, b) => [1 - r, 1 - g, 1 - b]),
  },
  {
    name: 'blur',
    words: /\b(blur(ry|red)?|out of focus)\b|模糊/i,
    apply: (picture) => take(asSharp(picture).blur(Math.max(1, picture.height / 90))),
  },
  { name: 'dream', words: /\b(dream(y|like)?|soft(er)?|glow(ing)?|haze)\b|梦幻|柔光/i, apply: dream },
  {
    name: 'sharp',
    words: /\b(sharp(en|er)?|crisp|enhance)\b|锐化|清晰/i,
    apply: (picture) => take(asSharp(picture).sharpen({ sigma: 1.1 })),
  },
];

/** What a prompt without any known word gets: a little contrast, a warm light and cool shadows, a vignette. */
const grade: Apply = (picture, dice) => {
  const warmth = dice.between(0.6, 1.3);
  const strength = dice.between(0.22, 0.34);
  return perPixel((r, g, b) => {
    const v = grey(r, g, b);
    const light = (v - 0.45) * 0.07 * warmth;
    return saturate(
      curve(r, 0.03) + light,
      curve(g, 0.03) + light * 0.25,
      curve(b, 0.03) - light * 0.9,
      1.08,
    );
  }, strength)(picture, dice);
};

export async function applyLooks(
  picture: Picture,
  prompt: string,
  dice: Chance,
  otherwise: 'grade' | 'nothing',
): Promise<Picture> {
  const named = looks.filter((look) => look.words.test(prompt));
  if (named.length === 0) return otherwise === 'grade' ? grade(picture, dice) : picture;
  let result = picture;
  for (const look of named) result = await look.apply(result, dice.fork(look.name));
  return result;
}

type Colour = readonly [number, number, number];

/** A change of each pixel by its own colour (0 to 1), and darker corners by `vignette`. */
function perPixel(change: (r: number, g: number, b: number) => Colour, vignette = 0): Apply {
  return ({ data, width, height }, dice) => {
    const out = new Uint8Array(data.length);
    const strength = dice.between(0.85, 1);
    const reach = Math.hypot(width, height) / 2;
    for (let y = 0, i = 0; y < height; y++) {
      for (let x = 0; x < width; x++, i += 4) {
        const away = vignette === 0 ? 0 : Math.hypot(x - width / 2, y - height / 2) / reach;
        const shade = 1 - vignette * away * away * away;
        const [r, g, b] = [(data[i] ?? 0) / 255, (data[i + 1] ?? 0) / 255, (data[i + 2] ?? 0) / 255];
        const [red, green, blue] = change(r, g, b);
        out[i] = byte((r + (red - r) * strength) * shade);
        out[i + 1] = byte((g + (green - g) * strength) * shade);
        out[i + 2] = byte((b + (blue - b) * strength) * shade);
        out[i + 3] = data[i + 3] ?? 255;
      }
    }
    return { data: out, width, height };
  };
}

/** Pencil on paper: the picture divided by its own blur leaves the lines. */
async function sketch(picture: Picture): Promise<Picture> {
  const soft = await take(
    asSharp(picture)
      .removeAlpha()
      .blur(Math.max(1.2, picture.height / 130)),
  );
  const out = new Uint8Array(picture.data.length);
  for (let i = 0; i < out.length; i += 4) {
    const v = grey(picture.data[i] ?? 0, picture.data[i + 1] ?? 0, picture.data[i + 2] ?? 0);
    const around = grey(soft.data[i] ?? 0, soft.data[i + 1] ?? 0, soft.data[i + 2] ?? 0);
    const line = Math.min(1, (v + 6) / (around + 6)) ** 2.4;
    const tone = line * (0.88 + 0.12 * (v / 255));
    out[i] = byte(tone * 0.985);
    out[i + 1] = byte(tone * 0.975);
    out[i + 2] = byte(tone * 0.95);
    out[i + 3] = picture.data[i + 3] ?? 255;
  }
  return { ...picture, data: out };
}

/** Flat areas of strong colour with inked edges. */
async function poster(picture: Picture): Promise<Picture> {
  const flat = await take(
    asSharp(picture)
      .removeAlpha()
      .median(Math.max(3, 2 * Math.round(picture.height / 360) + 1)),
  );
  const out = new Uint8Array(picture.data.length);
  const { width, height } = picture;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const i = (y * width + x) * 4;
      const right = x + 1 < width ? i + 4 : i;
      const below = y + 1 < height ? i + width * 4 : i;
      const v = grey(flat.data[i] ?? 0, flat.data[i + 1] ?? 0, flat.data[i + 2] ?? 0);
      const dx = grey(flat.data[right] ?? 0, flat.data[right + 1] ?? 0, flat.data[right + 2] ?? 0) - v;
      const dy = grey(flat.data[below] ?? 0, flat.data[below + 1] ?? 0, flat.data[below + 2] ?? 0) - v;
      const ink = Math.max(0, 1 - Math.max(0, Math.hypot(dx, dy) - 9) / 34);
      // Brightness is what is stepped, so that a step never changes a hue.
      const step = (Math.round((v / 255) * 5) / 5 / Math.max(0.04, v / 255)) * 0.8 + 0.2;
      const colour = (c: number) => ((flat.data[i + c] ?? 0) / 255) * step;
      const [r, g, b] = saturate(colour(0), colour(1), colour(2), 1.32);
      out[i] = byte(r * ink);
      out[i + 1] = byte(g * ink);
      out[i + 2] = byte(b * ink);
      out[i + 3] = picture.data[i + 3] ?? 255;
    }
  }
  return { ...picture, data: out };
}

async function pixelate(picture: Picture): Promise<Picture> {
  const { width, height } = picture;
  const block = Math.max(4, Math.round(Math.min(width, height) / 64));
  const small = await take(
    asSharp(picture).resize(Math.max(1, Math.ceil(width / block)), Math.max(1, Math.ceil(height / block)), {
      fit: 'fill',
    }),
  );
  return take(asSharp(small).resize(width, height, { fit: 'fill', kernel: 'nearest' }));
}

/** Orton's glow: a blurred copy screened over the picture. */
async function dream(picture: Picture): Promise<Picture> {
  const soft = await take(asSharp(picture).blur(Math.max(1.5, picture.height / 60)));
  const out = new Uint8Array(picture.data.length);
  for (let i = 0; i < out.length; i++) {
    const a = (picture.data[i] ?? 0) / 255;
    const b = (soft.data[i] ?? 0) / 255;
    out[i] =
      (i & 3) === 3
        ? (picture.data[i] ?? 255)
        : byte(a * 0.45 + 0.55 * (1 - (1 - a * 0.72) * (1 - b * 0.62)) + 0.02);
  }
  return { ...picture, data: out };
}

function grey(r: number, g: number, b: number): number {
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
}

function saturate(r: number, g: number, b: number, gain: number): Colour {
  const v = grey(r, g, b);
  return [v + (r - v) * gain, v + (g - v) * gain, v + (b - v) * gain];
}

/** More contrast around the middle; black and white stay. */
function curve(value: number, strength: number): number {
  return value - strength * Math.sin(2 * Math.PI * Math.min(1, Math.max(0, value)));
}

function byte(value: number): number {
  return Math.round(Math.min(1, Math.max(0, value)) * 255);
}
