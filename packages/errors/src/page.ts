/** HTML and XML pages of proxies, CDNs and file stores, reduced to what they say. */

const LONGEST_PAGE = 8000;

export function isHtml(text: string): boolean {
  return text.charCodeAt(0) === 60 && /^<[!?a-z/]/i.test(text);
}

/** The codes of an XML error (`<Code>AccessDenied</Code>`) and the readable words of a page, its title first. */
export function pageText(page: string): { codes: string[]; texts: string[] } {
  const head = page.slice(0, LONGEST_PAGE);
  const codes: string[] = [];
  const texts: string[] = [];
  for (const found of head.matchAll(/<(code|errorcode)>([^<>\s]{2,80})<\/\1>/gi)) {
    if (found[2] !== undefined && !/^\d+$/.test(found[2])) codes.push(found[2]);
  }
  const title = /<title[^>]*>([^<]{1,300})/i.exec(head)?.[1];
  if (title !== undefined) texts.push(title.trim());
  const words = head
    .replace(/<(script|style|head)\b[\s\S]*?(?:<\/\1>|$)/gi, ' ')
    .replace(/<[^>]*>?/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  if (words !== '') texts.push(words.slice(0, 2000));
  return { codes, texts };
}
