/** What every adapter of a company's API is made with. */
export interface HostedSettings {
  readonly apiKey: string;
  /** Without a trailing slash. */
  readonly baseUrl: string;
}
