/** A given photograph, made ready to be filmed: cut to the frame's shape, a little larger than the frame, as planes. */

import { open, reading } from '../image/open.ts';
import type { InputFile } from '../job.ts';
import { closest, type Pose } from './camera.ts';
import { type Planes, toPlanes, type View } from './planes.ts';

/** The picture fills the frame; what does not fit its shape is cut off evenly. */
export async function loadPhoto(file: InputFile, width: number, height: number): Promise<Planes> {
  const even = (pixels: number) => 2 * Math.round((pixels * closest) / 2);
  const [w, h] = [even(width), even(height)];
  const { data, info } = await reading(
    file,
    open(file)
      .flatten({ background: '#fff' })
      .resize(w, h, { fit: 'cover', kernel: 'lanczos3' })
      .removeAlpha()
      .raw()
      .toBuffer({ resolveWithObject: true }),
  );
  return toPlanes(data, w, h, info.channels);
}

/** Which source pixels a pose shows. */
export function viewOf(
  planes: Planes,
  pose: Pose,
  frame: { readonly width: number; readonly height: number },
): View {
  const step = Math.min(planes.width / frame.width, planes.height / frame.height) / pose.zoom;
  return {
    left: pose.x * planes.width - (frame.width * step) / 2,
    top: pose.y * planes.height - (frame.height * step) / 2,
    step,
  };
}
