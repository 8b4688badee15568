/** The colours of a scene: a time of day, bent by weather, moods and the colour words of the prompt. */
import type { Chance } from './chance.ts';
import { hex, mix, type Rgb, saturate, withHue } from './colour.ts';
import { green, type Hints, type TimeOfDay } from './words.ts';

export interface Palette {
  readonly time: TimeOfDay;
  /** From the zenith to the horizon. */
  readonly sky: readonly Rgb[];
  /** The sun's disc, or the moon's. */
  readonly sun: Rgb;
  /** The light around it. */
  readonly glow: Rgb;
  /** What distance turns everything into. */
  readonly haze: Rgb;
  /** The nearest ground. */
  readonly near: Rgb;
  readonly cloudLit: Rgb;
  readonly cloudShade: Rgb;
  /** One strong colour for what should stand out: blossoms, windows, ribbons. */
  readonly accent: Rgb;
}

/** Sky colours from the zenith down, then sun, glow, haze, near, lit and shaded cloud, accent. */
type Row = readonly [
  sky: string,
  sun: string,
  glow: string,
  haze: string,
  near: string,
  lit: string,
  shade: string,
  accent: string,
];

const rows: Record<TimeOfDay, readonly [Row, ...Row[]]> = {
  dawn: [
    [
      '#35487a #7d82b4 #d9a9b4 #fbcfae #ffe9c4',
      '#fff6dc',
      '#ffc98f',
      '#dcb6b6',
      '#262845',
      '#ffdcc6',
      '#8a86b0',
      '#e8788a',
    ],
    [
      '#4a6f9c #8fb0c9 #d3cfc9 #fbdcb4 #fff0cf',
      '#fffbe6',
      '#ffdf9e',
      '#cfc3c0',
      '#1f3440',
      '#fff0dc',
      '#93a4b8',
      '#f0a04b',
    ],
  ],
  day: [
    [
      '#1f5fae #3f86d0 #79b4e6 #b5d9ef #e6f2f5',
      '#fffdf0',
      '#fff6d8',
      '#b4d0e4',
      '#1d4038',
      '#ffffff',
      '#aebfd3',
      '#f2c14e',
    ],
    [
      '#0f6a9c #2f97bf #74c3d4 #b7e2df #eef5e4',
      '#fffdf0',
      '#fff8d8',
      '#b0d6d8',
      '#15443c',
      '#ffffff',
      '#a6c4cc',
      '#ff8a5b',
    ],
  ],
  sunset: [
    [
      '#25285c #6b3f7f #cf5a6e #ff9257 #ffcf73',
      '#fff3cf',
      '#ffb056',
      '#cf6f6c',
      '#1c1230',
      '#ffb184',
      '#6a4579',
      '#ff5d5d',
    ],
    [
      '#2c4a78 #7d7796 #d99a7c #f8b866 #ffe09a',
      '#fff8df',
      '#ffc869',
      '#cf9a80',
      '#221a2a',
      '#ffd3a0',
      '#8a6f80',
      '#e9633b',
    ],
    [
      '#3a1d56 #8a2d6b #e04a66 #ff7d5a #ffc48a',
      '#ffe9c9',
      '#ff8f6b',
      '#bb4f70',
      '#180a24',
      '#ff9f8a',
      '#6f2f66',
      '#ffb03b',
    ],
  ],
  dusk: [
    [
      '#0e1436 #272c66 #5d4890 #b46c9a #f0a893',
      '#fff1e0',
      '#f2a58f',
      '#7a5f95',
      '#0c0d24',
      '#d391a8',
      '#443f78',
      '#f58fb0',
    ],
    [
      '#0a1a33 #1b3a5e #3f6a86 #86a3a6 #e2c4a4',
      '#fff6e4',
      '#e8c39a',
      '#5f8496',
      '#08131f',
      '#b7b4b4',
      '#33556e',
      '#f2a65a',
    ],
  ],
  night: [
    [
      '#03060f #07102a #0f2149 #1f3a6b #35558a',
      '#f6f2e2',
      '#9fb8e8',
      '#2a447a',
      '#03060f',
      '#4a6598',
      '#101d3d',
      '#ffcf7a',
    ],
    [
      '#060413 #120a30 #25164f #3f2a70 #64468c',
      '#f4ecf2',
      '#c9a8ea',
      '#45307a',
      '#05030f',
      '#6a5296',
      '#1a1038',
      '#ff9ecf',
    ],
    [
      '#020a10 #04202c #083a46 #12565c #2a7a76',
      '#f0f5e6',
      '#9fe0d0',
      '#1a5a60',
      '#02090d',
      '#3f807f',
      '#08262f',
      '#ffd98a',
    ],
  ],
};

export function choosePalette(hints: Hints, chance: Chance): Palette {
  const dice = chance.fork('palette');
  const time = hints.times[0] ?? guessTime(hints, dice);
  const row = dice.pick(rows[time]);
  let change = (colour: Rgb): Rgb => colour;
  const then = (next: (colour: Rgb) => Rgb) => {
    const before = change;
    change = (colour) => next(before(colour));
  };

  // Green is what grows; a sky bent towards it looks ill.
  const hues = hints.hues.filter((hue) => hue !== green);
  const hue = hues[0];
  if (hue !== undefined) then((c) => mix(c, withHue(c, hue, 1.15), 0.6));
  const drift = dice.between(-0.03, 0.03);
  if (hue === undefined) then((c) => mix(c, withHue(c, hueOf(c) + drift), 0.8));
  for (const mood of hints.moods) {
    if (mood === 'vivid' || mood === 'neon') then((c) => saturate(c, 1.3));
    if (mood === 'pastel') then((c) => mix(saturate(c, 0.75), [1, 0.95, 0.95], 0.32));
    if (mood === 'calm') then((c) => saturate(c, 0.85));
    if (mood === 'dark') then((c) => mix(c, [0.02, 0.02, 0.05], 0.35));
    if (mood === 'warm' || mood === 'autumn') then((c) => mix(c, [1, 0.6, 0.25], 0.12));
    if (mood === 'cold') then((c) => mix(c, [0.35, 0.6, 1], 0.14));
    if (mood === 'bright') then((c) => mix(c, [1, 1, 1], 0.1));
  }
  for (const weather of hints.weathers) {
    if (weather === 'storm') then((c) => mix(saturate(c, 0.45), [0.14, 0.18, 0.23], 0.42));
    // Neon is at its best on a wet night: there the rain takes no colour away.
    if (weather === 'rain' && !hints.moods.includes('neon'))
      then((c) => mix(saturate(c, 0.55), [0.35, 0.41, 0.47], 0.3));
    if (weather === 'fog')
      then((c) => mix(saturate(c, 0.6), [0.8, 0.83, 0.85], time === 'night' ? 0.1 : 0.35));
    if (weather === 'snow')
      then((c) => mix(saturate(c, 0.8), [0.84, 0.9, 0.97], time === 'night' ? 0.04 : 0.16));
  }

  const [sky, sun, glow, haze, near, lit, shade, accent] = row;
  const colour = (text: string) => change(hex(text));
  const named = hues.at(-1);
  return {
    time,
    sky: sky.split(' ').map(colour),
    sun: mix(hex(sun), colour(sun), 0.4),
    glow: colour(glow),
    haze: colour(haze),
    near: colour(near),
    cloudLit: colour(lit),
    cloudShade: colour(shade),
    accent: named === undefined ? colour(accent) : withHue(hex('#f0606a'), named),
  };
}

function guessTime(hints: Hints, dice: Chance): TimeOfDay {
  if (hints.weathers.includes('aurora') || hints.moods.includes('neon')) return 'night';
  if (hints.moods.includes('dark')) return dice.pick(['dusk', 'night']);
  if (hints.moods.includes('autumn') || hints.moods.includes('bright'))
    return dice.pick(['dawn', 'day', 'sunset']);
  if (hints.weathers.includes('rain') || hints.weathers.includes('storm')) return dice.pick(['day', 'dusk']);
  if (hints.weathers.includes('snow') || hints.moods.includes('cold'))
    return dice.pick(['day', 'dawn', 'dusk']);
  if (hints.places[0] === 'city') return dice.pick(['sunset', 'dusk', 'night']);
  if (hints.places[0] === 'flowers' || hints.places[0] === 'meadow')
    return dice.pick(['dawn', 'day', 'sunset']);
  return dice.pick(['dawn', 'day', 'sunset', 'sunset', 'dusk', 'night']);
}

/** A rough hue in turns: enough to nudge a colour to its neighbours. */
function hueOf([r, g, b]: Rgb): number {
  const turn = Math.atan2(Math.sqrt(3) * (g - b), 2 * r - g - b) / (2 * Math.PI);
  return turn + 0.08 - 0.04 * Math.sin(2 * Math.PI * turn);
}
