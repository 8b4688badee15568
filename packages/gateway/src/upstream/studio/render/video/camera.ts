/** How the camera moves over a photograph: where it starts, where it ends, and how gently. */
import { createChance } from '../scene/chance.ts';

/** A place to look at: its middle in shares of the picture (0 to 1) and how much of the largest view it shows (1 all, less is closer). */
export interface Pose {
  readonly x: number;
  readonly y: number;
  readonly zoom: number;
}

export interface Move {
  readonly from: Pose;
  readonly to: Pose;
}

/** The farthest that a move goes in: a source is kept this much larger than the frame, so that close views stay sharp. */
export const closest = 1.3;

/** `zoom in`, `pull back`, `pan left`, `tilt up` and the like decide; otherwise the seed does. */
export function chooseMove(prompt: string, seed: number): Move {
  const dice = createChance('camera', prompt, seed);
  const zoom = asked(prompt, {
    in: /zoom(s|ing)? in|push(es|ing)? in|closer|close[- ]up|dolly in|推进|拉近|放大/i,
    out: /zoom(s|ing)? out|pull(s|ing)? (back|out)|reveal|wide shot|dolly out|拉远|缩小/i,
  });
  const pan = asked(prompt, {
    left: /(pan|move|slide|track)(s|ing)?( to the)? left|左移|向左/i,
    right: /(pan|move|slide|track)(s|ing)?( to the)? right|右移|向右/i,
  });
  const tilt = asked(prompt, {
    up: /(tilt|pan|move|rise|crane)(s|ing)? up|上移|向上/i,
    down: /(tilt|pan|move|crane)(s|ing)? down|下移|向下/i,
  });

  const kind = zoom ?? (pan !== null || tilt !== null ? 'level' : dice.pick(['in', 'in', 'out']));
  const near = dice.between(1.18, 1.27);
  const [start, end] = kind === 'in' ? [1.02, near] : kind === 'out' ? [near, 1.02] : [1.22, 1.22];
  // The prompt's direction takes the whole way; a direction of chance only a part of it.
  const dx = pan === null ? dice.between(-0.45, 0.45) * (tilt === null ? 1 : 0.2) : pan === 'right' ? 1 : -1;
  const dy = tilt === null ? dice.between(-0.35, 0.35) * (pan === null ? 1 : 0.2) : tilt === 'down' ? 1 : -1;
  return {
    from: { x: 0.5 - dx * slack(start), y: 0.5 - dy * slack(start), zoom: start },
    to: { x: 0.5 + dx * slack(end), y: 0.5 + dy * slack(end), zoom: end },
  };
}

/** How far the middle may go without leaving the picture. */
function slack(zoom: number): number {
  return 0.5 - 0.5 / zoom;
}

function asked<T extends string>(prompt: string, patterns: Readonly<Record<T, RegExp>>): T | null {
  for (const word in patterns) if (patterns[word].test(prompt)) return word;
  return null;
}

/** Where the camera is at a part (0 to 1) of the move. Zoom runs in ratios, so that it looks even. */
export function poseAt({ from, to }: Move, part: number): Pose {
  const eased = ease(part);
  const zoom = from.zoom * (to.zoom / from.zoom) ** eased;
  // The middle follows the zoom rather than the clock, which keeps one point of the picture still.
  const way = from.zoom === to.zoom ? eased : (1 / from.zoom - 1 / zoom) / (1 / from.zoom - 1 / to.zoom);
  return { x: from.x + (to.x - from.x) * way, y: from.y + (to.y - from.y) * way, zoom };
}

/** Starts and stops softly, and moves evenly between: half a straight line, half a smooth step. */
function ease(part: number): number {
  return 0.5 * part + 0.5 * part * part * (3 - 2 * part);
}
