import { expect, test } from 'vitest'
import { networkOf } from '../../src/client-address.ts'

test.each([
  ['2001:db8:0:1::5', '2001:db8:0:1::/64'],
  ['2001:0DB8:0000:0001:ffff::', '2001:db8:0:1::/64'],
  ['2001:db8::1', '2001:db8:0:0::/64'],
  ['::1', '0:0:0:0::/64'],
  ['fe80::1%eth0', 'fe80:0:0:0::/64'],
  ['::ffff:192.0.2.7', '192.0.2.7'],
  ['192.0.2.7', '192.0.2.7'],
  ['not an address', 'unknown'],
  ['1:2:3', 'unknown'],
  ['', 'unknown'],
])('the caller at %s counts as %s', (address, network) => {
  expect(networkOf(address)).toBe(network)
})
