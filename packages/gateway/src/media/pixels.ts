/** A decoded picture: rows from the top, eight bits each of red, green, blue and, with four channels, alpha. */
export interface Pixels {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly channels: 3 | 4;
}

/** Why there is none; completes "the file ...". */
export interface Undecodable {
  readonly why: string;
}

/** What came of a file in a format that libvips does not read here. */
export type Foreign =
  | { readonly kind: 'pixels'; readonly pixels: Pixels }
  /** As of an inspection. */
  | { readonly kind: 'corrupt'; readonly why: string }
  /** The package for it is not installed, or the file holds a codec that it does not know. */
  | { readonly kind: 'no_decoder' };

export const CUT_OFF: Undecodable = { why: 'ends too early: it is truncated or damaged' };

export function isOpaque({ data, channels }: Pixels): boolean {
  if (channels === 3) return true;
  for (let at = 3; at < data.byteLength; at += 4) if (data[at] !== 255) return false;
  return true;
}

/** The same colours, all of them fully seen. The memory of `pixels` is used again: a large picture is there once, not twice. */
export function withoutAlpha({ data, width, height, channels }: Pixels): Pixels {
  if (channels === 3) return { data, width, height, channels };
  const rgb = data.subarray(0, width * height * 3);
  for (let from = 0, to = 0; to < rgb.byteLength; from += 4, to += 3) {
    rgb[to] = data[from] ?? 0;
    rgb[to + 1] = data[from + 1] ?? 0;
    rgb[to + 2] = data[from + 2] ?? 0;
  }
  return { data: rgb, width, height, channels: 3 };
}
