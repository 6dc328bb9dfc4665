import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { MOST_BYTES, type OutsideAnswer, type OutsideFetch, TIMEOUT_MS } from './outside.ts'
import { isOutsideUrl, isPublicAddress } from './outside-url.ts'

/**
 * On Node: the addresses are looked at when they are connected to, and those are the ones connected to, so that a name cannot
 * stand for one thing when it is checked and for another when it is used. A connection is not used again.
 *
 * @param allowed origins on the loopback that may be fetched as well
 * @param resolve how names are looked up
 */
export function nodeOutsideFetch(allowed: readonly string[] = [], resolve: Resolve = lookup): OutsideFetch {
  return async (url, { method = 'GET', headers = {}, body, mostBytes = MOST_BYTES, timeoutMs = TIMEOUT_MS } = {}) => {
    if (!isOutsideUrl(url, allowed)) throw new Error('this address may not be fetched')
    const { origin, protocol } = new URL(url)
    const send = protocol === 'https:' ? httpsRequest : httpRequest
    const options = {
      method,
      headers: { 'accept-encoding': 'identity', ...headers },
      agent: false,
      signal: AbortSignal.timeout(timeoutMs),
      ...(!allowed.includes(origin) && { lookup: publicOnly(resolve) }),
    }
    return await new Promise<OutsideAnswer>((answered, reject) => {
      const sent = send(url, options, (answer) => {
        const chunks: Buffer[] = []
        let size = 0
        answer.on('data', (chunk: Buffer) => {
          size += chunk.length
          if (size > mostBytes) answer.destroy(new Error('the answer is too large'))
          else chunks.push(chunk)
        })
        answer.on('end', () =>
          answered({
            status: answer.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
            contentType: answer.headers['content-type'],
          }),
        )
        answer.on('error', reject)
      })
      sent.on('error', reject)
      sent.end(body)
    })
  }
}

type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void

/** As `dns.lookup`, but a name with any address that is not public stands for none. */
function publicOnly(resolve: Resolve): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, '')
      const [first] = addresses
      if (!first || !addresses.every(({ address }) => isPublicAddress(address))) {
        return callback(new Error('the name stands for an address that is not public'), '')
      }
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}
