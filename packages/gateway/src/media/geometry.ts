/** Which size a picture must be brought to, and by which of the allowed means. Pure: sizes in, sizes out. */
import type { InputLimits } from '../catalog/model.ts';
import type { ImageOp } from './auto-fix.ts';
import { MAX_PIXELS } from './inspection.ts';
import { exactSize, type Size } from './match.ts';

/** Nothing is ever enlarged beyond twice its size: that would invent what is not in the picture. */
const MAX_ENLARGEMENT = 2;
/** Two ratios this close are one shape: what is cut off then is a row or two of pixels. */
const SAME_SHAPE = 0.01;

export interface SizeStep {
  readonly op: Extract<ImageOp, 'resize' | 'crop' | 'pad'>;
  readonly from: Size;
  readonly to: Size;
}

export type SizePlan =
  /** `steps` is empty where the picture fits as it is. */
  { readonly kind: 'possible'; readonly steps: readonly SizeStep[] } | { readonly kind: 'impossible' };

const IMPOSSIBLE: SizePlan = { kind: 'impossible' };

/** What the limits and the request ask of one picture's size. */
export interface SizeDemand {
  readonly limits: Pick<InputLimits, 'minSide' | 'maxSide' | 'maxPixels' | 'minRatio' | 'maxRatio'>;
  /** Exactly this size, whatever its shape was. */
  readonly exact: Size | null;
}

/** The size that a request demands of every input of a parameter; null where it demands none. */
export function demandedSize(limits: InputLimits, params: Readonly<Record<string, unknown>>): Size | null {
  return limits.mustMatch === undefined ? null : exactSize(params[limits.mustMatch]);
}

/** `ops` in the order they are wanted: of `crop` and `pad` the first that works. */
export function planSize(actual: Size, demand: SizeDemand, ops: readonly ImageOp[]): SizePlan {
  const plan = planAny(actual, demand, ops);
  // A thin strip padded to a square, or any number in a request: what is made must stay something that can be opened.
  const isBearable = ({ width, height }: Size) => width * height <= MAX_PIXELS;
  return plan.kind === 'possible' && plan.steps.every((step) => isBearable(step.to)) ? plan : IMPOSSIBLE;
}

function planAny(actual: Size, { limits, exact }: SizeDemand, ops: readonly ImageOp[]): SizePlan {
  if (exact) return fits(exact, limits) ? planExact(actual, exact, ops) : IMPOSSIBLE;
  if (fits(actual, limits)) return { kind: 'possible', steps: [] };
  if (hasRatio(actual, limits)) return planScale(actual, limits, ops, []);
  for (const op of ops) {
    if (op !== 'crop' && op !== 'pad') continue;
    const shaped = reshaped(actual, limits, op);
    const plan = shaped && planScale(shaped, limits, ops, [{ op, from: actual, to: shaped }]);
    if (plan?.kind === 'possible') return plan;
  }
  return IMPOSSIBLE;
}

/** True where sides, pixels and ratio are all in range. */
export function fits(size: Size, limits: SizeDemand['limits']): boolean {
  const [short, long] = [Math.min(size.width, size.height), Math.max(size.width, size.height)];
  return (
    short >= (limits.minSide ?? 1) &&
    long <= (limits.maxSide ?? Number.POSITIVE_INFINITY) &&
    size.width * size.height <= (limits.maxPixels ?? Number.POSITIVE_INFINITY) &&
    hasRatio(size, limits)
  );
}

function hasRatio({ width, height }: Size, { minRatio, maxRatio }: SizeDemand['limits']): boolean {
  const ratio = width / height;
  return ratio >= (minRatio ?? 0) && ratio <= (maxRatio ?? Number.POSITIVE_INFINITY);
}

function planExact(actual: Size, exact: Size, ops: readonly ImageOp[]): SizePlan {
  const [across, down] = [exact.width / actual.width, exact.height / actual.height];
  if (across === 1 && down === 1) return { kind: 'possible', steps: [] };
  const sameShape = Math.abs(across / down - 1) < SAME_SHAPE;
  // A crop covers the whole frame, so the larger factor counts; a padded picture stays inside it.
  const [cover, contain] = [Math.max(across, down), Math.min(across, down)];
  for (const op of ops) {
    const works =
      (op === 'resize' && sameShape && cover <= MAX_ENLARGEMENT) ||
      (op === 'crop' && !sameShape && cover <= MAX_ENLARGEMENT) ||
      (op === 'pad' && !sameShape && contain <= MAX_ENLARGEMENT);
    if (works) return { kind: 'possible', steps: [{ op, from: actual, to: exact }] };
  }
  return IMPOSSIBLE;
}

/** The least change that brings the ratio into range. */
function reshaped({ width, height }: Size, limits: SizeDemand['limits'], op: 'crop' | 'pad'): Size | null {
  const { minRatio = 0, maxRatio = Number.POSITIVE_INFINITY } = limits;
  const isWide = width / height > maxRatio;
  const wanted = isWide ? maxRatio : minRatio;
  const to =
    op === 'crop'
      ? isWide
        ? { width: Math.floor(height * wanted), height }
        : { width, height: Math.floor(width / wanted) }
      : isWide
        ? { width, height: Math.ceil(width / wanted) }
        : { width: Math.ceil(height * wanted), height };
  return to.width >= 1 && to.height >= 1 && hasRatio(to, limits) ? to : null;
}

function planScale(
  actual: Size,
  limits: SizeDemand['limits'],
  ops: readonly ImageOp[],
  before: readonly SizeStep[],
): SizePlan {
  if (fits(actual, limits)) return { kind: 'possible', steps: before };
  if (!ops.includes('resize')) return IMPOSSIBLE;
  const to = scaled(actual, limits);
  return to ? { kind: 'possible', steps: [...before, { op: 'resize', from: actual, to }] } : IMPOSSIBLE;
}

/** The same shape, as near to its size as the limits let it be; null where no factor up to {@link MAX_ENLARGEMENT} will do. */
function scaled(actual: Size, limits: SizeDemand['limits']): Size | null {
  const { minSide = 1, maxSide = Number.POSITIVE_INFINITY, maxPixels = Number.POSITIVE_INFINITY } = limits;
  const { width, height } = actual;
  const most = Math.min(maxSide / Math.max(width, height), Math.sqrt(maxPixels / (width * height)));
  const least = minSide / Math.min(width, height);
  const factor = Math.min(Math.max(1, least), most);
  if (factor > MAX_ENLARGEMENT || least > most) return null;
  // Whole pixels: of the four roundings, the one truest to the shape that keeps every limit.
  const across = [Math.floor(width * factor), Math.ceil(width * factor)];
  const down = [Math.floor(height * factor), Math.ceil(height * factor)];
  const error = (size: Size) => Math.abs(Math.log(size.width / size.height / (width / height)));
  const [best = null] = across
    .flatMap((w) => down.map((h) => ({ width: Math.max(1, w), height: Math.max(1, h) })))
    .filter(
      (size) => fits(size, limits) && Math.max(size.width / width, size.height / height) <= MAX_ENLARGEMENT,
    )
    .sort((a, b) => error(a) - error(b));
  return best;
}
