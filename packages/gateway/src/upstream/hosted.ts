import type { UpstreamCaller } from './call.ts';

/** What every adapter of a company's API is made with. */
export interface HostedSettings {
  readonly apiKey: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
}

/** What the calls of such an adapter are made with. */
export interface HostedApi {
  readonly caller: UpstreamCaller;
  /** Without a trailing slash. */
  readonly baseUrl: string;
  /** Hold the key: they go with every call. */
  readonly headers: Readonly<Record<string, string>>;
}
