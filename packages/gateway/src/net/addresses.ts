/** Which IP addresses a hostile URL may lead to: public unicast, and nothing else. */
import { isIP } from 'node:net';
import ipaddr from 'ipaddr.js';

/** Public by the registries, but reaching into the machine's own cloud. */
const METADATA = new Set(['168.63.129.16']); // Azure's wire server; the others are link-local, CGNAT, reserved or unique local.

/**
 * Null where `address` may be connected to; otherwise the name of the range that forbids it (`private`, `loopback`, ...).
 *
 * An allow-list: whatever is not positively known as public unicast is refused, so a range that a future registry adds fails
 * closed. IPv6 must lie in 2000::/3 (RFC 4291); a NAT64 address is judged by the IPv4 address inside it (RFC 6052); other
 * tunnels (6to4, Teredo, ISATAP) and mapped or compatible forms are refused whole, because nothing public needs them.
 */
export function forbiddenRange(address: string): string | null {
  // A zone (`fe80::1%eth0`) is never part of a public address.
  // `isIP` is stricter than the parser, which reads `1.2.3` and octal as `inet_aton` does.
  if (address.includes('%') || isIP(address) === 0) return 'unreadable';
  const parsed = ipaddr.parse(address);
  if (parsed instanceof ipaddr.IPv4) return ofIPv4(parsed);
  const range = parsed.range();
  if (range === 'rfc6052') {
    const isWellKnownPrefix = parsed.parts[2] === 0;
    return isWellKnownPrefix ? ofIPv4(lastFourBytes(parsed)) : 'nat64';
  }
  if (range !== 'unicast') return range;
  const [first = 0, , , , fifth = 0, sixth = 0] = parsed.parts;
  if ((first & 0xe000) !== 0x2000) return 'unassigned';
  if ((fifth === 0 || fifth === 0x200) && sixth === 0x5efe) return 'isatap';
  return null;
}

/** True for 127.0.0.0/8 and ::1, in any notation of the same address. */
export function isLoopback(address: string): boolean {
  return !address.includes('%') && isIP(address) !== 0 && ipaddr.process(address).range() === 'loopback';
}

function ofIPv4(address: ipaddr.IPv4): string | null {
  const range = address.range();
  if (range !== 'unicast') return range;
  return METADATA.has(address.toString()) ? 'metadata' : null;
}

function lastFourBytes(address: ipaddr.IPv6): ipaddr.IPv4 {
  return new ipaddr.IPv4(address.toByteArray().slice(12));
}
