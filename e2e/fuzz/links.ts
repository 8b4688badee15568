/** Links that try to lead somewhere inside: every notation of every address that nobody may be led to. */
import { pick, type Random, upTo } from './random.ts';

/** Addresses a name may turn out to have; the guard must refuse all of them. */
export const INSIDE = [
  '127.0.0.1',
  '127.0.0.2',
  '127.1.2.3',
  '::1',
  '::ffff:127.0.0.1',
  '::127.0.0.1',
  '64:ff9b::7f00:1',
  '64:ff9b:1::7f00:1',
  '2002:7f00:1::',
  '0.0.0.0',
  '::',
  '10.0.0.1',
  '172.16.0.1',
  '192.168.1.1',
  '100.64.0.1',
  '100.100.100.200',
  '169.254.169.254',
  '168.63.129.16',
  'fe80::1',
  'fd00:ec2::254',
  '64:ff9b::a9fe:a9fe',
  '224.0.0.1',
  '255.255.255.255',
  'ff02::1',
  '2001:db8::1',
] as const;

const SPELT = [
  '127.0.0.1',
  '127.0.0.2',
  '127.1',
  '127.0.2',
  '0x7f.1',
  '0x7f000002',
  '0177.0.0.1',
  '0177.0x0.0.02',
  '2130706433',
  '2130706434',
  '0',
  '0.0.0.0',
  '[::1]',
  '[0:0:0:0:0:0:0:1]',
  '[::ffff:127.0.0.1]',
  '[::ffff:7f00:2]',
  '[::127.0.0.1]',
  '[64:ff9b::7f00:1]',
  '[64:ff9b::127.0.0.2]',
  '[64:ff9b:1::7f00:1]',
  '[2002:7f00:1::]',
  '[::1%25lo]',
  '[::1%lo]',
  '[fe80::1%25eth0]',
  '[fd00:ec2::254]',
  '[ff02::1]',
  '[::]',
  'localhost',
  'LOCALHOST',
  'localhost.',
  'a.localhost',
  '①②⑦.⓪.⓪.①',
  '127。0。0。1',
  '１２７．０．０．１',
  '%31%32%37.0.0.1',
  'ⓛⓞⓒⓐⓛⓗⓞⓢⓣ',
  'local\u00adhost',
  '169.254.169.254',
  '169.254.43518',
  '0xa9fea9fe',
  '2852039166',
  '10.1',
  '192.168.257',
  '172.16.0.1',
  '100.100.100.200',
  '168.63.129.16',
  '999.1.1.1',
  '1.2.3.4.5',
  '256.256.256.256',
  '[::1',
  '[]',
  '',
  '.',
  '-.media.test',
  'mediа.test',
  '例え.テスト',
  'xn--a',
  '\u{1f4a3}.test',
  '\u202emedia.test',
  `${'a'.repeat(64)}.media.test`,
  `${'a.'.repeat(130)}media.test`,
] as const;

export interface LinkWorld {
  /** The port at which canaries listen on loopback, and which the policy allows. */
  readonly port: number;
  /** The gateway's own address. */
  readonly gateway: string;
  /** Makes a name with these answers, one for each look-up; the last one stays. */
  name(...answers: readonly (readonly string[])[]): string;
  readonly publicAddress: string;
}

/** A link, and what it must hold for the run to mean anything is up to chance: most of them are refused. */
export function hostileLink(world: LinkWorld, random: Random): string {
  let link = plainLink(world, random);
  // Each redirect is one more chance to get somewhere else.
  for (let hops = random() < 0.5 ? 0 : 1 + upTo(7, random); hops > 0; hops--) {
    const status = pick([301, 302, 303, 307, 308], random);
    link = `https://${publicHost(world, random)}/go?status=${status}&to=${encodeURIComponent(wellFormed(link))}`;
  }
  return random() < 0.75 ? link : mutated(link, random);
}

function plainLink(world: LinkWorld, random: Random): string {
  const roll = random();
  if (roll < 0.04) return `${world.gateway}/f/file-${'a'.repeat(12)}/a.jpg?e=99999999999&s=${'A'.repeat(43)}`;
  if (roll < 0.06) return `${world.gateway}/operator/v1/routes`;
  if (roll < 0.1) {
    // Public for the first hop, inside for the second.
    const host = world.name([world.publicAddress], [pick(INSIDE, random)]);
    return `https://${host}/go?status=302&to=${encodeURIComponent(`https://${host}/a.jpg`)}`;
  }
  const scheme = pick(
    [
      'https:',
      'https:',
      'https:',
      'https:',
      'https:',
      'HTTPS:',
      'http:',
      'ftp:',
      'file:',
      'gopher:',
      'javascript:',
      'ws:',
      '',
    ],
    random,
  );
  const slashes = random() < 0.9 ? '//' : pick(['/', '', '\\\\', '///', '/\\'], random);
  const user =
    random() < 0.88 ? '' : pick(['a:b@', 'media.test@', 'media.test:443@', ':@', '@', 'a%40b@'], random);
  const usual = random() < 0.5 ? `:${world.port}` : '';
  const port =
    random() < 0.85
      ? usual
      : pick([':443', ':8443', ':22', ':80', ':0', ':65536', ':00443', ':+443', ':'], random);
  const path = pick(['/a.jpg', '/', '', '/..;/x', '?x=1', '#@media.test', '\\@media.test/', '/%00'], random);
  return `${scheme}${slashes}${user}${hostOf(world, random)}${port}${path}`;
}

function hostOf(world: LinkWorld, random: Random): string {
  const inside = [pick(INSIDE, random)];
  const outside = [world.publicAddress];
  switch (upTo(7, random)) {
    case 0:
      return world.name(inside);
    case 1:
      return world.name([...outside, ...inside]);
    // Rebinding: public when it is checked, inside when it is asked again.
    case 2:
      return world.name(outside, inside);
    case 3:
      return world.name(outside);
    default:
      return pick(SPELT, random);
  }
}

function publicHost(world: LinkWorld, random: Random): string {
  const outside = [world.publicAddress];
  return random() < 0.7 ? 'media.test' : world.name(outside, outside, [pick(INSIDE, random)]);
}

function mutated(link: string, random: Random): string {
  const at = upTo(link.length, random);
  const odd = [
    '\0',
    '\\',
    '@',
    '#',
    '%00',
    '\t',
    '\n',
    '.',
    '//',
    '?',
    '\ud800',
    '%2e',
    '。',
    '\u200b',
    ' ',
    '[',
  ];
  return link.slice(0, at) + pick(odd, random) + link.slice(random() < 0.5 ? at : at + 1);
}

/** `encodeURIComponent` throws on half a pair. */
function wellFormed(text: string): string {
  return text.toWellFormed();
}
