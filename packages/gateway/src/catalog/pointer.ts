/** JSON pointers, and the paths people write instead. */

/** A JSON pointer (`/models/m/routes/0`) as people write paths (`models.m.routes[0]`). */
export function pathOfPointer(pointer: string): string {
  let path = '';
  for (const part of partsOfPointer(pointer)) {
    if (/^\d+$/.test(part) && path !== '') path += `[${part}]`;
    else path += path === '' ? part : `.${part}`;
  }
  return path;
}

export const partsOfPointer = (pointer: string): string[] =>
  pointer
    .split('/')
    .slice(1)
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));

export const pointerTo = (parent: string, key: string | number): string =>
  `${parent}/${String(key).replaceAll('~', '~0').replaceAll('/', '~1')}`;
