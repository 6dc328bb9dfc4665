import { type LookupAddress, type LookupAllOptions, lookup } from 'node:dns'
import { request as httpRequest } from 'node:http'
import { request as httpsRequest } from 'node:https'
import type { LookupFunction } from 'node:net'
import { MOST_BYTES, type OutsideAnswer, OutsideError, type OutsideFault, type OutsideFetch, TIMEOUT_MS } from './outside.ts'
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
    if (!isOutsideUrl(url, allowed)) throw new OutsideError('not_allowed', 'this address may not be fetched')
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
          if (size > mostBytes) answer.destroy(new OutsideError('too_large', 'the answer is too large'))
          else chunks.push(chunk)
        })
        answer.on('end', () =>
          answered({
            status: answer.statusCode ?? 0,
            text: Buffer.concat(chunks).toString('utf8'),
            contentType: answer.headers['content-type'],
          }),
        )
        answer.on('error', (error) => reject(told(error)))
      })
      sent.on('error', (error) => reject(told(error)))
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
        return callback(new OutsideError('not_public', 'the name stands for an address that is not public'), '')
      }
      if (options.all) callback(null, addresses)
      else callback(null, first.address, first.family)
    })
  }
}

/** Node's own codes; what it says of a certificate has a code of OpenSSL or of its TLS. */
const FAULT_OF: Record<string, OutsideFault> = {
  ENOTFOUND: 'name_unknown',
  EAI_AGAIN: 'name_unknown',
  ENODATA: 'name_unknown',
  ECONNREFUSED: 'connection_refused',
  ETIMEDOUT: 'too_slow',
  ABORT_ERR: 'too_slow',
  EPROTO: 'certificate_invalid',
}
const OF_TLS = /^(ERR_TLS|ERR_SSL|CERT_|UNABLE_TO_|SELF_SIGNED|DEPTH_ZERO|HOSTNAME_MISMATCH|INVALID_CA)/

function told(error: NodeJS.ErrnoException): OutsideError {
  if (error instanceof OutsideError) return error
  const code = String(error.code ?? '')
  const fault = FAULT_OF[code] ?? (OF_TLS.test(code) ? 'certificate_invalid' : 'unreachable')
  return new OutsideError(fault, code, { cause: error })
}
