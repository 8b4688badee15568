/**
 * What looking into images costs: the header check, the full check, and the API's event loop meanwhile.
 * Each figure stands beside a baseline of the same run, so that a slow machine does not look like slow code. Run: `node bench/media.ts`.
 */
import { monitorEventLoopDelay } from 'node:perf_hooks';
import sharp from 'sharp';
import { createChecker } from '../packages/gateway/src/media/checker.ts';
import { imageHeader, PROBE_BYTES } from '../packages/gateway/src/media/probe.ts';
import { sniff } from '../packages/gateway/src/media/sniff.ts';

const [WIDTH, HEIGHT] = [4000, 3000];
const IMAGES = 50;

export interface MediaNumbers {
  /** Medians, milliseconds. */
  readonly headerMs: number;
  readonly sharpMetadataMs: number;
  readonly fullMs: number;
  readonly sharpDecodeMs: number;
  /** 99th percentile of the event-loop delay, milliseconds beyond the timer's own resolution. */
  readonly delayWhileCheckingMs: number;
  readonly delayIdleMs: number;
  readonly imagesPerSecond: number;
}

export async function measureMedia(): Promise<MediaNumbers> {
  const photo = await photograph();
  const checker = createChecker({ workers: 1 });
  try {
    await checker.inspect(photo);
    const headerMs = await median(50, async () => {
      await sniff(photo);
      imageHeader(photo.subarray(0, PROBE_BYTES));
    });
    const sharpMetadataMs = await median(50, () => sharp(photo).metadata());
    const fullMs = await median(9, () => checker.inspect(photo));
    sharp.concurrency(1);
    sharp.cache(false);
    const sharpDecodeMs = await median(9, () => sharp(photo).raw().toBuffer());

    const delayIdleMs = await delayDuring(() => new Promise((resolve) => setTimeout(resolve, 1000)));
    const start = performance.now();
    const delayWhileCheckingMs = await delayDuring(() =>
      Promise.all(Array.from({ length: IMAGES }, () => checker.inspect(photo))),
    );
    const imagesPerSecond = IMAGES / ((performance.now() - start) / 1000);
    return {
      headerMs,
      sharpMetadataMs,
      fullMs,
      sharpDecodeMs,
      delayWhileCheckingMs,
      delayIdleMs,
      imagesPerSecond,
    };
  } finally {
    await checker.close();
  }
}

/** 12 megapixels with the grain of a photograph, so that it does not compress to nothing. */
function photograph(): Promise<Buffer> {
  return sharp({
    create: {
      width: WIDTH,
      height: HEIGHT,
      channels: 3,
      background: '#888',
      noise: { type: 'gaussian', mean: 128, sigma: 12 },
    },
  })
    .blur(1.2)
    .jpeg({ quality: 85 })
    .toBuffer();
}

async function median(times: number, work: () => Promise<unknown>): Promise<number> {
  const taken: number[] = [];
  for (let index = 0; index < times; index++) {
    const start = performance.now();
    await work();
    taken.push(performance.now() - start);
  }
  taken.sort((a, b) => a - b);
  return taken[taken.length >> 1] ?? Number.NaN;
}

const RESOLUTION_MS = 1;

async function delayDuring(work: () => Promise<unknown>): Promise<number> {
  const histogram = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
  histogram.enable();
  await work();
  histogram.disable();
  return histogram.percentile(99) / 1e6 - RESOLUTION_MS;
}

if (import.meta.main) {
  const found = await measureMedia();
  const ms = (value: number) => `${value.toFixed(2)} ms`;
  const against = (value: number, baseline: number) => `${(value / baseline).toFixed(2)} x`;
  console.log(
    `header check, 12 MP JPEG: ${ms(found.headerMs)}; ${against(found.headerMs, found.sharpMetadataMs)} sharp's metadata()`,
  );
  console.log(
    `full check, in a process: ${ms(found.fullMs)}; ${against(found.fullMs, found.sharpDecodeMs)} decoding it to memory with sharp`,
  );
  console.log(
    `event loop p99 while ${IMAGES} are checked: ${ms(found.delayWhileCheckingMs)}; idle ${ms(found.delayIdleMs)}; ${found.imagesPerSecond.toFixed(1)} images/s`,
  );
}
