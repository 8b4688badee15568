/** Every way an upload can be refused, as a value. `http/files.ts` turns it into the wire's code and words. */
export type UploadRefusal =
  | { readonly reason: 'too_large'; readonly maxBytes: number }
  | { readonly reason: 'too_many_pixels'; readonly maxPixels: number }
  /** `what` completes "the file is": "a web page", "an SVG image". */
  | { readonly reason: 'type_not_allowed'; readonly what: string }
  /** `why` completes "the file". */
  | { readonly reason: 'damaged'; readonly why: string }
  | { readonly reason: 'quota_exceeded'; readonly maxFiles: number; readonly used: number }
  | { readonly reason: 'download_failed'; readonly because: string; readonly remedy: string | null }
  /** `field` null: the body as a whole. */
  | {
      readonly reason: 'bad_request';
      readonly field: string | null;
      readonly because: string;
      readonly remedy: string;
    }
  /** `whose`: of the account itself, or of all accounts together. */
  | {
      readonly reason: 'too_many_at_once';
      readonly whose: 'account' | 'gateway';
      readonly most: number;
      readonly afterSeconds: number;
    }
  /** The connection broke off in the middle: nobody is there to be told. */
  | { readonly reason: 'interrupted' };

export interface Refused {
  readonly kind: 'refused';
  readonly refusal: UploadRefusal;
}

export function refused(refusal: UploadRefusal): Refused {
  return { kind: 'refused', refusal };
}

export function badRequest(field: string | null, because: string, remedy: string): Refused {
  return refused({ reason: 'bad_request', field, because, remedy });
}
