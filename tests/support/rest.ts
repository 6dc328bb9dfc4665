import type { TestBroker } from './broker.ts'
import { type Driver, dpopKey, type WorldClient } from './driver.ts'

/** What may be in an answer, of any kind. */
export interface RestBody {
  id?: string
  status?: unknown
  code?: string
  errors?: unknown
  access_requests?: { id: string }[]
  next_cursor?: string
  [member: string]: unknown
}

export interface RestAnswer {
  status: number
  body: RestBody
  headers: Headers
}

/** Calls the REST API as a client with a token of this scope, made once. */
export async function restClient(broker: TestBroker, driver: Driver, name: WorldClient, scope: string) {
  const key = await dpopKey(broker)
  const form = { grant_type: 'client_credentials', scope, ...(await driver.assertion(name)) }
  const token = (await driver.post('/token', form, { dpop: await key.proof() })).body.access_token as string
  const ath = Buffer.from(await crypto.subtle.digest('SHA-256', Buffer.from(token))).toString('base64url')
  return async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<RestAnswer> => {
    const url = broker.deps.issuer + path
    const answer = await driver.app.request(url, {
      method,
      headers: {
        authorization: `DPoP ${token}`,
        dpop: await key.proof({ htm: method, htu: url.split('?')[0], ath }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: bytesOr(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? {} : (JSON.parse(text) as RestBody), headers: answer.headers }
  }
}

export type RestClient = Awaited<ReturnType<typeof restClient>>

/** Text and bytes go as they are, all else as JSON. */
const bytesOr = (body: unknown) => (body instanceof Uint8Array ? Buffer.from(body) : typeof body === 'string' ? body : JSON.stringify(body))
