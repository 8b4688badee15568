/** Which step of a task an upstream was in when it said what it said. */
export type EvidencePhase = 'submit' | 'poll' | 'result' | 'cancel' | 'download' | 'network';

/**
 * What an upstream said, as it said it: the only thing the classifier looks at.
 *
 * An answer has a `status`, `headers` and a `body` (a JSON value, or text where it was not JSON).
 * Where no whole answer came, `body` is the flattened error with its cause chain (see {@link NetworkFault}) and `phase` is
 * `network`; a status may still be there when the connection broke in the middle of the body.
 */
export interface Evidence {
  /** The adapter's name (`fal`, `openai`, ...): chooses the provider's own rules. Unknown names get the general rules. */
  readonly provider: string;
  /** Which of the provider's interfaces (`queue`, `images`, ...); a hint for rules, often absent. */
  readonly api?: string;
  readonly phase: EvidencePhase;
  /** HTTP status, or null when no status line arrived. */
  readonly status: number | null;
  /** Lower-case header names. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
}

/** A thrown network error, flattened so that it survives JSON: what Node.js and undici throw, causes included. */
export interface NetworkFault {
  readonly name: string;
  readonly message: string;
  readonly code?: string;
  readonly errno?: number;
  readonly syscall?: string;
  readonly cause?: NetworkFault;
  readonly errors?: readonly NetworkFault[];
}
