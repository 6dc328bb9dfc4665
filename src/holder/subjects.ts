import type { BrokerClient } from './broker-client.ts'

/** Which of its pupils or staff a pseudonym is: `identifier` is what the school gave the holder, an ECK iD for a pupil. */
export interface KnownSubject {
  identifier: string
  sub: string
}

const MAX_REMEMBERED = 100_000

/**
 * Reads the pairs the broker has for this holder (`GET /v1/subjects`), page by page, for boards whose agreement with it is
 * in force.
 *
 * @throws BrokerCallFailed
 */
export async function* readSubjects(client: BrokerClient): AsyncGenerator<KnownSubject> {
  let cursor: unknown
  do {
    const page = await readPage(client, typeof cursor === 'string' ? { cursor } : {})
    yield* page.subjects
    cursor = page.next
  } while (typeof cursor === 'string')
}

/** Asks the broker who a pseudonym is when it comes by for the first time. A pair never changes, so it is remembered. */
export function subjectLookup(client: BrokerClient): (sub: string) => Promise<string | undefined> {
  const known = new Map<string, string>()
  return async (sub) => {
    const have = known.get(sub)
    if (have !== undefined) return have
    const { subjects } = await readPage(client, { sub })
    const identifier = subjects.find((subject) => subject.sub === sub)?.identifier
    if (identifier === undefined) return undefined
    if (known.size >= MAX_REMEMBERED) known.delete(known.keys().next().value!)
    known.set(sub, identifier)
    return identifier
  }
}

async function readPage(client: BrokerClient, query: Record<string, string>): Promise<{ subjects: KnownSubject[]; next: unknown }> {
  const search = new URLSearchParams(query).toString()
  const page = await client.call('subjects', 'GET', `/v1/subjects${search && `?${search}`}`)
  return { subjects: page.subjects as KnownSubject[], next: page.next_cursor }
}
