/** The package brings no types; this is the one call of it that we make. */
declare module 'heic-decode' {
  export default function decode(options: { readonly buffer: Uint8Array }): Promise<{
    readonly width: number;
    readonly height: number;
    /** RGBA. */
    readonly data: Uint8ClampedArray;
  }>;
}
