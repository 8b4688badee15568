/** The environment, read in one place. */

export interface Settings {
  readonly url: string;
  readonly apiKey: string | null;
  readonly operatorKey: string | null;
  /** How the user calls this command: npm tells its scripts that it runs them. */
  readonly command: string;
  /** Columns to write in, where the user says so. */
  readonly columns: number | null;
  /** All of it, for the gateway's configuration (`serve`). */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

export function readSettings(environment: Readonly<Record<string, string | undefined>>): Settings {
  return {
    url: environment.SLUICE_URL || 'http://127.0.0.1:8787',
    apiKey: environment.SLUICE_API_KEY || null,
    operatorKey: environment.SLUICE_OPERATOR_KEY || null,
    command: environment.npm_lifecycle_event ? 'npm run sluice --' : 'sluice',
    columns: Number(environment.COLUMNS) || null,
    environment,
  };
}
