import type { BrokerClient } from './broker-client.ts'

/** Which of its pupils or staff a pseudonym is: `identifier` is the one the school gave the holder, an ECK iD for a pupil. */
export interface KnownSubject {
  identifier: string
  sub: string
}

/**
 * Reads the pairs the broker has for this holder (`GET /v1/subjects`), page by page, for boards whose agreement with it is
 * in force. Keep them: a pair never changes, and asking per request would only tell the broker who is being looked at.
 *
 * @throws BrokerCallFailed
 */
export async function* readSubjects(client: BrokerClient): AsyncGenerator<KnownSubject> {
  let cursor: unknown
  do {
    const query = typeof cursor === 'string' ? `?cursor=${encodeURIComponent(cursor)}` : ''
    const page = await client.call('subjects', 'GET', `/v1/subjects${query}`)
    for (const subject of page.subjects as KnownSubject[]) yield { identifier: subject.identifier, sub: subject.sub }
    cursor = page.next_cursor
  } while (typeof cursor === 'string')
}
