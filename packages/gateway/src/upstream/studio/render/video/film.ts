/** A film gives its frames one after another. Three kinds: a camera move, a transition, an animated scene (animate.ts). */
import { chooseMove, poseAt } from './camera.ts';
import { viewOf } from './photo.ts';
import { createFrame, createSampler, dissolve, type Frame, type Planes, resample } from './planes.ts';

export interface Film {
  /** Draws frame `index` of `count` into the frame; the frame's old content is not looked at. */
  draw(index: number, frame: Frame): void;
}

/** One photograph, with the camera moving over it. */
export function cameraMove(photo: Planes, prompt: string, seed: number, count: number): Film {
  const move = chooseMove(prompt, seed);
  const sampler = createSampler();
  return {
    draw(index, frame) {
      resample(photo, viewOf(photo, poseAt(move, index / Math.max(1, count - 1)), frame), frame, sampler);
    },
  };
}

/**
 * From one photograph to another: the clip begins with the first as it is and ends with the last as it is; between, the camera goes
 * into the first, the pictures dissolve while both are in motion, and the second settles.
 */
export function transition(first: Planes, last: Planes, count: number): Film {
  const sampler = createSampler();
  let over: Frame | null = null;
  const middle = { x: 0.5, y: 0.5 };
  return {
    draw(index, frame) {
      const part = count === 1 ? 0 : index / (count - 1);
      const mixed = smooth((part - 0.3) / 0.4);
      const into = 1 + 0.26 * smooth(part / 0.85) * part;
      const settle = 1 + 0.26 * (1 - smooth((part - 0.15) / 0.85)) * (1 - part);
      if (mixed < 1) resample(first, viewOf(first, { ...middle, zoom: into }, frame), frame, sampler);
      if (mixed === 1)
        return resample(last, viewOf(last, { ...middle, zoom: settle }, frame), frame, sampler);
      if (mixed === 0) return;
      over ??= createFrame(frame.width, frame.height);
      resample(last, viewOf(last, { ...middle, zoom: settle }, frame), over, sampler);
      dissolve(frame, over, mixed);
    },
  };
}

function smooth(part: number): number {
  const p = Math.min(1, Math.max(0, part));
  return p * p * p * (p * (p * 6 - 15) + 10);
}
