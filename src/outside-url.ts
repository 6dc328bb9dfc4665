import { BlockList, isIP } from 'node:net'

/** What is not a public address (IANA special-purpose registries). Of IPv6 only 2000::/3 is public at all. */
const notPublic4 = new BlockList()
for (const [network, prefix] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.0.0.0', 24],
  ['192.0.2.0', 24],
  ['192.88.99.0', 24],
  ['192.168.0.0', 16],
  ['198.18.0.0', 15],
  ['198.51.100.0', 24],
  ['203.0.113.0', 24],
  ['224.0.0.0', 3],
] as const) {
  notPublic4.addSubnet(network, prefix, 'ipv4')
}
// A list of its own: in one list every IPv4 address would be taken for its mapped one.
const notPublic6 = new BlockList()
for (const [network, prefix] of [
  ['::', 3],
  ['4000::', 2],
  ['8000::', 1],
  ['2001::', 23],
  ['2001:db8::', 32],
  ['2002::', 16],
  ['3fff::', 20],
] as const) {
  notPublic6.addSubnet(network, prefix, 'ipv6')
}

/** Whether an address is one that anybody on the internet may have; every other may be a machine of ours. */
export function isPublicAddress(address: string): boolean {
  const version = isIP(address)
  if (version === 4) return !notPublic4.check(address, 'ipv4')
  return version === 6 && !notPublic6.check(address, 'ipv6')
}

/**
 * Whether a URL that somebody gave us may be fetched, as far as can be seen on it: https on port 443, no user information, no
 * fragment, no address that is not public. What its name stands for is looked at when it is connected to (`outside-fetch.ts`).
 *
 * @param allowed origins that are taken as they are, for tests and the demo: the loopback, explicitly
 */
export function isOutsideUrl(text: string, allowed: readonly string[]): boolean {
  if (text.length > 500 || !URL.canParse(text) || text.includes('#')) return false
  const { protocol, origin, port, hostname, username, password } = new URL(text)
  if (username !== '' || password !== '') return false
  if (allowed.includes(origin)) return true
  if (protocol !== 'https:' || port !== '') return false
  const address = hostname.replace(/^\[(.*)\]$/, '$1')
  return isIP(address) === 0 ? hostname.includes('.') && !hostname.endsWith('.localhost') : isPublicAddress(address)
}
