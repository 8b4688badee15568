/** The few settings an environment variable may give in the file's place: what differs between machines, nothing else. */
import { isRecord } from '../catalog/faults.ts';
import type { JsonObject } from '../json.ts';
import type { Overrides } from './check.ts';
import type { Environment } from './document.ts';

interface Override {
  readonly variable: string;
  readonly section: string | null;
  readonly key: string;
  readonly meaning: string;
}

export const OVERRIDES: readonly Override[] = [
  {
    variable: 'SLUICE_HOST',
    section: 'server',
    key: 'host',
    meaning: 'the address to listen on (`server.host`)',
  },
  {
    variable: 'SLUICE_PORT',
    section: 'server',
    key: 'port',
    meaning: 'the port to listen on (`server.port`)',
  },
  { variable: 'SLUICE_DATA', section: null, key: 'data_folder', meaning: 'the data folder (`data_folder`)' },
  {
    variable: 'SLUICE_LOG',
    section: 'log',
    key: 'level',
    meaning: 'the least important messages to log (`log.level`)',
  },
];

/** Writes them into `file` (which it changes), and says which values came from where. An empty variable is none. */
export function applyOverrides(file: JsonObject, env: Environment): Overrides {
  const applied = new Map<string, string>();
  for (const { variable, section, key } of OVERRIDES) {
    const text = env[variable];
    if (!text) continue;
    const value = key === 'port' && /^\d{1,9}$/.test(text) ? Number(text) : text;
    if (section === null) file[key] = value;
    else {
      const held = file[section] ?? {};
      // A section that is no map is reported as such.
      if (!isRecord(held)) continue;
      file[section] = { ...held, [key]: value };
    }
    applied.set(section === null ? `/${key}` : `/${section}/${key}`, variable);
  }
  return applied;
}
