import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { forbiddenRange, isLoopback } from './addresses.ts';

const FORBIDDEN: Readonly<Record<string, readonly string[]>> = {
  'this host': ['0.0.0.0', '0.1.2.3', '::'],
  private: ['10.0.0.1', '172.16.0.1', '172.31.255.255', '192.168.1.1'],
  loopback: ['127.0.0.1', '127.255.255.254', '::1'],
  'link-local and cloud metadata': [
    '169.254.1.1',
    '169.254.169.254',
    'fe80::1',
    '168.63.129.16',
    'fd00:ec2::254',
  ],
  'carrier-grade NAT': ['100.64.0.1', '100.127.255.255', '100.100.100.200'],
  multicast: ['224.0.0.1', '239.255.255.255', 'ff02::1'],
  broadcast: ['255.255.255.255'],
  'reserved and documentation': [
    '192.0.0.192',
    '192.0.2.1',
    '198.51.100.1',
    '203.0.113.1',
    '240.0.0.1',
    '2001:db8::1',
    '3fff::1',
  ],
  benchmarking: ['198.18.0.1', '198.19.255.255', '2001:2::1'],
  'IPv4 inside IPv6': ['::ffff:10.0.0.1', '::ffff:8.8.8.8', '::10.0.0.1', '::8.8.8.8', '::ffff:0:10.0.0.1'],
  'NAT64 around something forbidden': [
    '64:ff9b::10.0.0.1',
    '64:ff9b::7f00:1',
    '64:ff9b::a9fe:a9fe',
    '64:ff9b:1::8.8.8.8',
  ],
  tunnels: [
    '2002:7f00:1::',
    '2002:808:808::1',
    '2001:0:4136:e378:8000:63bf:3fff:fdd2',
    '2a00:1450::5efe:10.0.0.1',
  ],
  'unique and site local': ['fc00::1', 'fdff::1', 'fec0::1'],
  unassigned: ['4000::1', '1::1', '5f00::1', '100::1'],
  'not an address': ['', 'localhost', '1.2.3', '999.1.1.1', '2606:4700::1%eth0', 'fe80::1%lo'],
};

describe('which addresses a hostile URL may lead to', () => {
  for (const [what, addresses] of Object.entries(FORBIDDEN)) {
    it(`refuses ${what}`, () => {
      for (const address of addresses) assert.notEqual(forbiddenRange(address), null, address);
    });
  }

  it('lets public ones through, NAT64 of a public IPv4 included', () => {
    for (const address of [
      '8.8.8.8',
      '93.184.215.14',
      '2606:4700:4700::1111',
      '2a00:1450:4001::1',
      '64:ff9b::8.8.8.8',
    ]) {
      assert.equal(forbiddenRange(address), null, address);
    }
  });

  it('refuses every address of the private ranges, however it is wrapped into IPv6', () => {
    const byte = fc.integer({ min: 0, max: 255 });
    const inside = fc.oneof(
      fc.tuple(fc.constant(10), byte, byte, byte),
      fc.tuple(fc.constant(172), fc.integer({ min: 16, max: 31 }), byte, byte),
      fc.tuple(fc.constant(192), fc.constant(168), byte, byte),
      fc.tuple(fc.constant(127), byte, byte, byte),
      fc.tuple(fc.constant(169), fc.constant(254), byte, byte),
    );
    fc.assert(
      fc.property(inside, ([a, b, c, d]) => {
        const hex = (high: number, low: number) => ((high << 8) | low).toString(16);
        const tail = `${hex(a, b)}:${hex(c, d)}`;
        for (const form of [
          `${a}.${b}.${c}.${d}`,
          `::ffff:${tail}`,
          `::${tail}`,
          `64:ff9b::${tail}`,
          `2002:${tail}::1`,
        ]) {
          assert.notEqual(forbiddenRange(form), null, form);
        }
      }),
    );
  });

  it('knows loopback in every notation of the same address, and only that', () => {
    for (const address of ['127.0.0.1', '127.1.2.3', '::1', '0:0:0:0:0:0:0:1', '::ffff:127.0.0.1'])
      assert.ok(isLoopback(address), address);
    for (const address of ['128.0.0.1', '::2', 'localhost', '10.0.0.1', '::1%lo'])
      assert.ok(!isLoopback(address), address);
  });
});
