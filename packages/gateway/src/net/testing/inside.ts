/** What no fetch may reach: another opinion than the guard's own, so that it does not judge itself. */
import { BlockList, isIPv6 } from 'node:net';

const INSIDE_V4 = new BlockList();
const INSIDE_V6 = new BlockList();
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['168.63.129.16', 32],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['224.0.0.0', 3],
] as const)
  INSIDE_V4.addSubnet(network, bits, 'ipv4');
for (const [network, bits] of [
  ['::', 8],
  ['64:ff9b::7f00:0', 104],
  ['64:ff9b::a9fe:0', 112],
  ['64:ff9b:1::', 48],
  ['2001::', 32],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['fc00::', 7],
  ['fe80::', 10],
  ['ff00::', 8],
] as const)
  INSIDE_V6.addSubnet(network, bits, 'ipv6');

export function isInside(address: string): boolean {
  return isIPv6(address) ? INSIDE_V6.check(address, 'ipv6') : INSIDE_V4.check(address);
}
