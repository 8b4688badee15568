/** What lies between the horizon and the viewer, for every place outdoors. */
import { skylineLayer } from './city.ts';
import { mix, type Rgb, saturate } from './colour.ts';
import { meadowFlowers } from './flowers.ts';
import { mistLayer, type Ridge, type RidgeShape, ridgeLayer } from './ground.ts';
import type { Brief, Layer } from './scene.ts';
import type { Sun } from './sky.ts';
import { waterLayer } from './water.ts';
import { floatLayer } from './weather.ts';
import type { Place } from './words.ts';

export type Outdoors = Exclude<Place, 'space' | 'abstract' | 'flowers'>;

/** What the layers of one landscape share. */
export interface Setting extends Brief {
  readonly horizon: number;
  readonly sun: Sun;
  readonly snowy: boolean;
}

/** From the horizon to the viewer's feet. */
export function terrain(setting: Setting, place: Outdoors): Layer[] {
  switch (place) {
    case 'mountains':
      return setting.hints.places.some((other) => other === 'lake' || other === 'sea') ||
        setting.chance.fork('lake').next() < 0.3
        ? [
            ...range(setting, 'peaks', 3, 0.42, setting.horizon + 0.07),
            ...shore(setting, 0.1),
            ...nearTrees(setting, 0.02),
          ]
        : [...range(setting, 'peaks', 4, 0.4, setting.horizon + 0.14), ...nearTrees(setting, 0)];
    case 'lake':
      return [
        ...range(setting, 'peaks', 2, 0.34, setting.horizon + 0.04),
        ...treeBelt(setting),
        ...shore(setting, 0.04),
      ];
    case 'sea':
      return [...islands(setting), ...shore(setting, 0.8, setting.horizon)];
    case 'forest':
      return [...range(setting, 'hills', 2, 0.26, setting.horizon + 0.05), ...forest(setting)];
    case 'desert':
      return [...range(setting, 'peaks', 1, 0.13, setting.horizon + 0.02), ...dunes(setting)];
    case 'city':
      return city(setting);
    case 'meadow':
      return [...range(setting, 'hills', 3, 0.22, setting.horizon + 0.08), ...meadow(setting)];
    default: {
      const never: never = place;
      throw new Error(`unexpected place: ${never}`);
    }
  }
}

/** A ridge under this sky: hazy at its foot and lit by the sun, unless it says otherwise. */
function ridge(
  { palette, chance, sun }: Setting,
  name: string,
  own: Pick<Ridge, 'shape' | 'foot' | 'rise' | 'depth' | 'colour' | 'mistiness'> & Partial<Ridge>,
): Layer {
  return ridgeLayer(
    { mist: palette.haze, light: palette.glow, sunX: sun.x, snow: null, ...own },
    chance,
    name,
  );
}

/** Ground of the given distance, 0 at the horizon to 1 at the viewer's feet. */
function tone({ palette, snowy }: Setting, near: number, green: Rgb | null = null): Rgb {
  const ground =
    green === null ? palette.near : mix(palette.near, green, palette.time === 'night' ? 0.12 : 0.5);
  const base = mix(palette.haze, ground, 0.12 + 0.88 * near ** 0.8);
  return snowy
    ? mix(base, mix([0.93, 0.96, 1], palette.haze, 0.35), palette.time === 'night' ? 0.3 : 0.45)
    : base;
}

function range(setting: Setting, shape: RidgeShape, count: number, rise: number, foot: number): Layer[] {
  const { palette, chance, snowy } = setting;
  const horizon = palette.sky.at(-1) ?? palette.haze;
  const snow = shape === 'peaks' && (snowy || chance.fork('snow caps').next() < 0.55);
  return Array.from({ length: count }, (_, i) => {
    const near = (i + 0.4) / (count + 0.8);
    return ridge(setting, `${shape} ${i}`, {
      shape,
      foot: foot - 0.05 + 0.09 * near * count * 0.5,
      rise: rise * (1.05 - 0.5 * near),
      depth: 0.06 + 0.3 * near,
      colour: tone(setting, near * 0.85),
      mist: mix(palette.haze, horizon, 0.45),
      mistiness: 0.85 - 0.35 * near,
      light: mix(palette.glow, palette.cloudLit, 0.3),
      snow:
        snow && i < Math.max(1, count - 1)
          ? mix(
              [1, 1, 1],
              mix(palette.haze, palette.glow, 0.5),
              palette.time === 'night' ? 0.75 : 0.32 + 0.1 * (count - i),
            )
          : null,
    });
  });
}

function shore({ palette, chance, sun, horizon }: Setting, rough: number, from = horizon + 0.06): Layer[] {
  const tint = mix(mix(palette.sky[0] ?? palette.near, palette.near, 0.35), palette.haze, 0.1);
  return [waterLayer({ from, tint, light: mix(palette.glow, palette.sun, 0.5), sunX: sun.x, rough }, chance)];
}

function islands(setting: Setting): Layer[] {
  const { chance, horizon } = setting;
  if (chance.fork('islands').next() < 0.3) return [];
  const rise = chance.fork('island rise').between(0.08, 0.16);
  return [
    ridge(setting, 'island', {
      shape: 'peaks',
      foot: horizon + rise * 0.42,
      rise,
      depth: 0.06,
      colour: tone(setting, 0.3),
      mistiness: 0.7,
    }),
  ];
}

function treeBelt(setting: Setting): Layer[] {
  const { horizon } = setting;
  return [
    ridge(setting, 'belt', {
      shape: 'firs',
      foot: horizon + 0.07,
      rise: 0.1,
      depth: 0.2,
      colour: tone(setting, 0.62),
      mistiness: 0.35,
    }),
  ];
}

function nearTrees(setting: Setting, lower: number): Layer[] {
  const { palette } = setting;
  return [
    ridge(setting, 'near trees', {
      shape: 'firs',
      foot: 1.08 + lower,
      rise: 0.27,
      depth: 0.75,
      colour: tone(setting, 1),
      mist: palette.near,
      mistiness: 0.3,
      light: mix(palette.near, palette.glow, 0.25),
    }),
  ];
}

function forest(setting: Setting): Layer[] {
  const { hints, palette, chance, horizon, snowy } = setting;
  const autumn = hints.moods.includes('autumn');
  const shape: RidgeShape = autumn ? 'leaves' : 'firs';
  const mist = mix(palette.haze, palette.sky.at(-1) ?? palette.haze, 0.4);
  const layers: Layer[] = [];
  for (let i = 0; i < 4; i++) {
    const near = 0.25 + 0.25 * i;
    const green: Rgb = autumn ? mix([0.86, 0.42, 0.12], [0.62, 0.2, 0.1], i / 4) : [0.1, 0.3, 0.2];
    layers.push(
      ridge(setting, `trees ${i}`, {
        shape,
        foot: horizon + 0.06 + 0.14 * i + 0.02 * i * i,
        rise: 0.2 + 0.085 * i,
        depth: 0.2 + 0.19 * i,
        colour: tone(setting, near, green),
        mist,
        mistiness: 0.8 - 0.19 * i,
        light: mix(palette.glow, green, 0.3),
      }),
    );
    if (i < 3)
      layers.push(mistLayer(horizon + 0.09 + 0.13 * i, 0.05, mist, 0.42 - 0.1 * i, 0.25 + 0.19 * i, chance));
  }
  if (!snowy && (palette.time === 'night' || palette.time === 'dusk'))
    layers.push(floatLayer(chance, [1, 0.9, 0.45], 0.66, 0.95, 42));
  return layers;
}

function dunes(setting: Setting): Layer[] {
  const { palette, horizon } = setting;
  const sand = mix(
    mix([0.87, 0.6, 0.34], palette.glow, 0.3),
    palette.near,
    palette.time === 'night' ? 0.72 : palette.time === 'day' ? 0.05 : 0.25,
  );
  return Array.from({ length: 4 }, (_, i) => {
    const near = 0.2 + 0.25 * i;
    const colour = mix(palette.haze, saturate(mix(sand, palette.near, 0.16 * i), 1.05), 0.4 + 0.6 * near);
    return ridge(setting, `dune ${i}`, {
      shape: 'dunes',
      foot: horizon + 0.1 + 0.15 * i,
      rise: 0.13 + 0.07 * i,
      depth: 0.15 + 0.2 * i,
      colour,
      mist: mix(palette.haze, sand, 0.5),
      mistiness: 0.35,
      light: mix(palette.cloudLit, sand, 0.35),
    });
  });
}

function city(setting: Setting): Layer[] {
  const { hints, palette, chance, horizon } = setting;
  const neon = hints.moods.includes('neon');
  const lit = { dawn: 0.12, day: 0.03, sunset: 0.22, dusk: 0.42, night: 0.5 }[palette.time];
  const windows: Rgb[] = neon
    ? [
        [1, 0.25, 0.75],
        [0.2, 0.9, 1],
        [0.6, 0.4, 1],
      ]
    : [
        [1, 0.9, 0.7],
        [0.85, 0.92, 1],
      ];
  const rows = Array.from({ length: 3 }, (_, i) => {
    const near = 0.3 + 0.3 * i;
    return skylineLayer(
      {
        foot: horizon + 0.01,
        tallest: 0.5 - 0.12 * i,
        depth: 0.08 + 0.1 * i,
        colour: tone(setting, near),
        mist: mix(palette.haze, palette.glow, 0.35),
        mistiness: 0.75 - 0.2 * i,
        windows,
        lit: lit * (0.6 + 0.2 * i),
      },
      chance,
      `houses ${i}`,
    );
  });
  return [...rows, ...shore(setting, 0.22, horizon)];
}

function meadow(setting: Setting): Layer[] {
  const { palette, chance, horizon } = setting;
  const green: Rgb = mix([0.36, 0.55, 0.2], palette.glow, 0.12);
  const layers: Layer[] = Array.from({ length: 2 }, (_, i) =>
    ridge(setting, `meadow ${i}`, {
      shape: 'hills',
      foot: horizon + 0.2 + 0.22 * i,
      rise: 0.13,
      depth: 0.35 + 0.2 * i,
      colour: mix(tone(setting, 0.7 + 0.2 * i, green), green, palette.time === 'night' ? 0.08 : 0.3),
      mistiness: 0.3 - 0.2 * i,
      light: mix(palette.glow, green, 0.35),
    }),
  );
  return [
    ...layers,
    meadowFlowers(palette, chance, horizon + 0.13),
    floatLayer(chance, palette.glow, 0.5, 0.95, 26),
  ];
}
