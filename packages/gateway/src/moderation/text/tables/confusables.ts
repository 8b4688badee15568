/**
 * Letters that pass for Latin ones. A chosen part of the Unicode confusables (UTS #39, confusables.txt): the scripts that a
 * keyboard or a "fancy text" page offers. What NFKD already unfolds (full-width, mathematical, circled) is not listed.
 */

/** Tried before lower-casing: capitals that look like another letter than their small form does. */
export const CAPITALS = pairs({
  a: 'ΑᎪ',
  b: 'ΒᏴ',
  c: 'Ꮯ',
  d: 'Ꭰ',
  e: 'ΕᎬ',
  g: 'Ꮐ',
  h: 'ΗᎻ',
  i: 'Ι',
  j: 'Ꭻ',
  k: 'ΚᏦ',
  l: 'Ꮮ',
  m: 'ΜᎷ',
  n: 'Ν',
  o: 'ΟՕ',
  p: 'ΡᏢ',
  s: 'ՏᏚ',
  t: 'ΤᎢ',
  u: 'Ս',
  v: 'Ꮩ',
  w: 'Ꮃ',
  x: 'Χ',
  y: 'Υ',
  z: 'ΖᏃ',
});

/** Tried after lower-casing. */
export const SMALL = pairs({
  a: 'аαɑᴀӕƌ',
  b: 'вьβʙƅɓ',
  c: 'сϲᴄƈɔҫ',
  d: 'ԁɗᴅđðժ',
  e: 'еєεɛᴇɘәө',
  f: 'ꜰƒғ',
  g: 'ɡɢցɠ',
  h: 'нһհʜħ',
  i: 'іїιıɪɨӏ',
  j: 'јʝᴊϳ',
  k: 'кκᴋƙҝ',
  l: 'ʟłɭƖ',
  m: 'мᴍɱ',
  n: 'ηпոռɴɲŋи',
  o: 'оοօᴏøσɵ',
  p: 'рρᴘƥ',
  q: 'ԛզգ',
  r: 'гʀɍя',
  s: 'ѕꜱʂƽ',
  t: 'тτᴛŧƭ',
  u: 'υսᴜʋцμ',
  v: 'νѵᴠ',
  w: 'ωԝᴡшա',
  x: 'хχ',
  y: 'уүγʏƴ',
  z: 'ᴢʐƶ',
  ss: 'ß',
  ae: 'æ',
  oe: 'œ',
});

function pairs(table: Readonly<Record<string, string>>): ReadonlyMap<string, string> {
  return new Map(
    Object.entries(table).flatMap(([latin, others]) => [...others].map((other) => [other, latin] as const)),
  );
}
