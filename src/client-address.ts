import type { Context } from 'hono'
import type { Env } from './http.ts'

/**
 * Who is calling, as rates count them: an IPv4 address, or the /64 of an IPv6 one (one household or server has
 * a whole /64 to itself). The address is of the connection, on Workers the one Cloudflare names; behind trusted proxies it is
 * the entry that the outermost of them added to X-Forwarded-For. Never for the log.
 */
export function clientAddress(c: Context): string {
  const { trustedProxies } = (c.var as Env['Variables']).deps
  const forwarded = trustedProxies > 0 ? c.req.header('x-forwarded-for')?.split(',').at(-trustedProxies)?.trim() : undefined
  return networkOf(forwarded ?? connectionAddress(c) ?? '')
}

function connectionAddress(c: Context): string | undefined {
  const env = c.env as { incoming?: { socket?: { remoteAddress?: string } } } | undefined
  // Only where there is no socket of our own is this Cloudflare speaking; on Node anybody could send the header.
  return env?.incoming ? env.incoming.socket?.remoteAddress : c.req.header('cf-connecting-ip')
}

/** The network that counts as one caller. What is no address at all shares one bucket. */
export function networkOf(address: string): string {
  const plain = address.replace(/^::ffff:(?=\d+\.)/i, '').replace(/%.*$/, '')
  if (/^(\d{1,3}\.){3}\d{1,3}$/.test(plain)) return plain
  const written = `http://[${plain}]`
  if (!plain.includes(':') || !URL.canParse(written)) return 'unknown'
  const [head = '', tail] = new URL(written).hostname.slice(1, -1).split('::')
  const before = head.split(':').filter(Boolean)
  const after = tail?.split(':').filter(Boolean) ?? []
  const groups = [...before, ...Array<string>(8 - before.length - after.length).fill('0'), ...after]
  return `${groups.slice(0, 4).join(':')}::/64`
}
