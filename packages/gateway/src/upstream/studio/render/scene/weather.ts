/** What falls and floats through the air. */
import type { Chance } from './chance.ts';
import type { Rgb } from './colour.ts';
import type { Layer } from './scene.ts';

export interface Fall {
  readonly count: number;
  readonly radius: number;
  /** Frame heights per second, of the nearest. */
  readonly speed: number;
  /** Sideways swing in frame heights. */
  readonly swing: number;
  readonly colour: Rgb;
  readonly strength: number;
  readonly stretch: number;
}

export const snowfall: Fall = {
  count: 420,
  radius: 0.0052,
  speed: 0.11,
  swing: 0.02,
  colour: [1, 1, 1],
  strength: 0.8,
  stretch: 1,
};
export const rainfall: Fall = {
  count: 520,
  radius: 0.0011,
  speed: 1.25,
  swing: 0,
  colour: [0.78, 0.86, 0.95],
  strength: 0.34,
  stretch: 34,
};

export function fallLayer(fall: Fall, chance: Chance): Layer {
  const dice = chance.fork('fall');
  const drops = Array.from({ length: fall.count }, () => {
    const near = dice.next() ** 2;
    return {
      x: dice.between(-1.7, 1.7),
      y: dice.next(),
      near,
      size: 0.35 + 0.9 * near,
      phase: dice.between(0, 6.28),
    };
  });
  return {
    kind: 'lights',
    depth: 0.7,
    emit(seconds, put) {
      for (const drop of drops) {
        const y = (drop.y + seconds * fall.speed * (0.45 + 0.55 * drop.near)) % 1.1;
        const x = drop.x + fall.swing * Math.sin(drop.phase + seconds * (0.6 + drop.near));
        put(
          x,
          y - 0.05,
          fall.radius * drop.size,
          fall.colour,
          fall.strength * (0.35 + 0.65 * drop.near),
          fall.stretch,
        );
      }
    },
  };
}

/** Fireflies, pollen in the sun: they wander and pulse. */
export function floatLayer(chance: Chance, colour: Rgb, from: number, to: number, count: number): Layer {
  const dice = chance.fork('float');
  const motes = Array.from({ length: count }, () => ({
    x: dice.between(-1.1, 1.1),
    y: dice.between(from, to),
    radius: dice.between(0.0015, 0.0042),
    phase: dice.between(0, 6.28),
    pace: dice.between(0.5, 1.4),
  }));
  return {
    kind: 'lights',
    depth: 0.6,
    emit(seconds, put) {
      for (const mote of motes) {
        const t = seconds * mote.pace + mote.phase;
        const x = mote.x + 0.05 * Math.sin(t * 0.7) + 0.02 * Math.sin(t * 1.9);
        const y = mote.y + 0.03 * Math.cos(t * 0.9);
        const pulse = 0.45 + 0.45 * Math.sin(t * 1.6);
        put(x, y, mote.radius * 2.6, colour, 0.22 * pulse, 1);
        put(x, y, mote.radius, colour, 0.9 * pulse, 1);
      }
    },
  };
}
