import { ROUTES } from './routes.ts';

/** The methods that exist at a path, for an honest 405; empty where nothing is there. */
export function methodsAt(pathname: string): readonly string[] {
  const rows = PATTERNS.filter(({ pattern }) => pattern.test(pathname)).map(({ method }) => method);
  return rows.includes('GET') ? ['GET', 'HEAD', ...rows.filter((method) => method !== 'GET')] : rows;
}

const PATTERNS = ROUTES.map(({ method, path }) => ({
  method,
  pattern: new RegExp(`^${path.replaceAll('.', '\\.').replaceAll(/\{\w+\}/g, '[^/]+')}$`),
}));
