/** Recognising the commonest mistake of all: a link to the page that shows a picture, given as the picture. */

const BEGINNINGS = [
  '<!doctype html',
  '<html',
  '<head',
  '<body',
  '<!-- ',
  '<script',
  '<title',
  '<meta',
  '<div',
  '<iframe',
];

/** By content: the first bytes, after a byte order mark, white space, an XML prolog and comments. */
export function looksLikeWebPage(head: Uint8Array): boolean {
  let text = Buffer.from(head.subarray(0, 1024))
    .toString('latin1')
    .replace(/^(\xef\xbb\xbf|\xff\xfe|\xfe\xff)/, '');
  // UTF-16 text: drop the zero halves; only ASCII matters here.
  if (text.includes('\0')) text = text.replaceAll('\0', '');
  text = text.trimStart().toLowerCase();
  if (text.startsWith('<?xml')) text = text.replace(/^<\?xml[^>]*\?>\s*/, '');
  return BEGINNINGS.some((beginning) => text.startsWith(beginning));
}

const SHARING_SITES: readonly (readonly [host: string, name: string])[] = [
  ['drive.google.com', 'Google Drive'],
  ['docs.google.com', 'Google Drive'],
  ['photos.google.com', 'Google Photos'],
  ['photos.app.goo.gl', 'Google Photos'],
  ['dropbox.com', 'Dropbox'],
  ['1drv.ms', 'OneDrive'],
  ['onedrive.live.com', 'OneDrive'],
  ['sharepoint.com', 'SharePoint'],
  ['icloud.com', 'iCloud'],
  ['wetransfer.com', 'WeTransfer'],
  ['imgur.com', 'Imgur'],
  ['pinterest.com', 'Pinterest'],
  ['instagram.com', 'Instagram'],
  ['flickr.com', 'Flickr'],
  ['unsplash.com', 'Unsplash'],
  ['github.com', 'GitHub'],
  ['youtube.com', 'YouTube'],
  ['pan.baidu.com', 'Baidu Netdisk'],
  ['box.com', 'Box'],
];

/** The name of a site whose share links open a page, or null. */
export function sharingSite(host: string): string | null {
  return SHARING_SITES.find(([site]) => host === site || host.endsWith(`.${site}`))?.[1] ?? null;
}
