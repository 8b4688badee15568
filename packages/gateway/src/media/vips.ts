/** Only for decoding processes: libvips, with everything switched off that we do not mean to use. */
import sharp from 'sharp';

// Everything off, then what we mean to read: no SVG (it can name other files), no PDF, nothing a later libvips learns.
sharp.block({ operation: ['VipsForeignLoad'] });
sharp.unblock({
  operation: ['Jpeg', 'Png', 'Webp', 'Nsgif', 'Tiff', 'Heif'].map((loader) => `VipsForeignLoad${loader}`),
});
sharp.cache(false);
sharp.concurrency(1);

/** Of one decoding or encoding; the job's own limit is longer. */
export const VIPS_SECONDS = 10;

export { sharp };
