import { sql } from 'kysely'
import { amsterdamDay } from '../clock.ts'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId, RoundId } from '../ids.ts'
import { type WrittenLanguage, writtenIn } from '../languages.ts'
import { NOTICE_TEXTS, type Notice } from '../messages/notices.ts'
import { enqueueMails, type NewMail } from '../notifications/enqueue.ts'
import { isQuiet, nextMorning } from '../notifications/quiet-hours.ts'
import { boardById, subjectFacts } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'

/** Asking is rationed: more than this nobody is told in a day. What was not told stands in the list of questions. */
const NOTICES_PER_DAY = 3

/** What leads to everything that is asked and told; the others lead to one thing that was known before. */
const INFORMS: ReadonlySet<Notice> = new Set(['question', 'told', 'reminder', 'sixteen'])

/**
 * Tells who may answer for these subjects that something is asked: one mail each, however many questions and children.
 * Before the events to suppliers and the ledger entry, in every act: mails, events and ledger are taken in that order, so
 * that no two acts wait for each other.
 */
export async function tellDeciders(
  tx: Tx,
  deps: Deps,
  at: Date,
  boardId: BoardId,
  subjectIds: readonly PersonId[],
  notice: Notice = 'question',
  path = '/questions',
): Promise<void> {
  if (subjectIds.length === 0) return
  const deciders = new Set<PersonId>()
  for (const subject of (await subjectFacts(tx, boardId, [...subjectIds])).values()) {
    const may = whoMayAnswer(subject, at)
    if (may.known) for (const { personId } of may.deciders) deciders.add(personId)
  }
  await tell(tx, deps, at, boardId, [...deciders], notice, path)
}

/**
 * Mails a notice to persons, within their ration and outside quiet hours. A notice beyond the ration, or in the night, is
 * sent the next morning; one that morning is enough. Of two acts at the same moment one mail may do: it leads to both.
 *
 * @param path where the link goes; it shows, and never decides
 */
export async function tell(
  tx: Tx,
  deps: Deps,
  at: Date,
  boardId: BoardId,
  personIds: readonly PersonId[],
  notice: Notice,
  path: string,
): Promise<void> {
  await tellIn(tx, deps, at, boardId, personIds, notice, path, slotsOf)
}

/**
 * As `tell`, and only what can still be sent today: what is beyond the ration is not sent later. Does NOT look at the
 * quiet hours: the caller does not call in them.
 *
 * @param roundId of which it reminds: what was answered before it goes out is not reminded of
 * @returns how many mails were written
 */
export async function tellToday(
  tx: Tx,
  deps: Deps,
  at: Date,
  boardId: BoardId,
  personIds: readonly PersonId[],
  notice: Notice,
  path: string,
  roundId: RoundId,
): Promise<number> {
  return await tellIn(tx, deps, at, boardId, personIds, notice, path, slotsOfToday, roundId)
}

async function tellIn(
  tx: Tx,
  deps: Deps,
  at: Date,
  boardId: BoardId,
  personIds: readonly PersonId[],
  notice: Notice,
  path: string,
  slotsFor: (who: string, at: Date) => { key: string; notBefore?: Date }[],
  roundId?: RoundId,
): Promise<number> {
  if (personIds.length === 0) return 0
  const { name } = await boardById(tx, boardId)
  const receivers = await receiversOf(tx, boardId, personIds)
  const slots = new Map(receivers.map((receiver) => [receiver, slotsFor(receiver.who, at)]))
  const taken = await takenOf(
    tx,
    [...slots.values()].flat().map(({ key }) => key),
  )
  const mails = receivers.flatMap((receiver): NewMail[] => {
    const free = slots.get(receiver)?.find(({ key }) => !taken.has(key))
    if (!free) return []
    const words = NOTICE_TEXTS[notice][receiver.language](name, `${deps.issuer}${path}`)
    const informs = INFORMS.has(notice) ? { boardId, personIds: receiver.personIds } : undefined
    const reminds = roundId && { boardId, roundId, persons: receiver.personIds }
    return [{ to: receiver.email, ...words, dedupKey: free.key, notBefore: free.notBefore, byDay: true, informs, reminds, at }]
  })
  return await enqueueMails(tx, deps, mails)
}

/**
 * Mails a notice that is told once, outside quiet hours; it is not rationed.
 *
 * @param once names what it is told once for, such as the notice itself where that is once in a life. Of several things one
 *   mail tells, as long as one of them was not told before
 * @returns how many were written now
 */
export async function tellOnce(
  tx: Tx,
  deps: Deps,
  at: Date,
  boardId: BoardId,
  personIds: readonly PersonId[],
  notice: Notice,
  path: string,
  once: readonly string[] = [notice],
): Promise<number> {
  const notBefore = isQuiet(at) ? nextMorning(at) : at
  return await tellIn(tx, deps, at, boardId, personIds, notice, path, (who) => once.map((what) => ({ key: `${what}:${who}`, notBefore })))
}

/** The places a notice can take: those of today that are left, or else the one of the next morning. */
function slotsOf(who: string, at: Date): { key: string; notBefore?: Date }[] {
  const morning = nextMorning(at)
  const later = { key: `notice:${who}:${amsterdamDay(morning)}:1`, notBefore: morning }
  return isQuiet(at) ? [later] : [...slotsOfToday(who, at), later]
}

function slotsOfToday(who: string, at: Date): { key: string; notBefore?: Date }[] {
  return Array.from({ length: NOTICES_PER_DAY }, (_, nr) => ({ key: `notice:${who}:${amsterdamDay(at)}:${nr + 1}` }))
}

async function takenOf(tx: Tx, keys: readonly string[]): Promise<Set<string>> {
  const rows = await tx
    .selectFrom('deliveries')
    .select('dedup_key')
    .where('dedup_key', '=', sql<string>`any(${keys}::text[])`) // deliveries_dedup_key_key
    .execute()
  return new Set(rows.flatMap(({ dedup_key }) => dedup_key ?? []))
}

/** Where to mail, and whose ration it is: an account's, over all its persons, or that of a person nobody has claimed yet. */
export interface Receiver {
  who: string
  personIds: PersonId[]
  email: string
  language: WrittenLanguage
}

/** Who these persons are as receivers of mail; who has no address is not there. */
export async function receiversOf(tx: Tx, boardId: BoardId, personIds: readonly PersonId[]): Promise<Receiver[]> {
  const rows = await tx
    .selectFrom('persons as p')
    .leftJoin('account_persons as ap', (join) => join.onRef('ap.board_id', '=', 'p.board_id').onRef('ap.person_id', '=', 'p.person_id'))
    .leftJoin('accounts as a', 'a.account_id', 'ap.account_id')
    .select(['p.person_id', 'p.email', 'a.account_id', 'a.email as account_email', 'a.language'])
    .where('p.board_id', '=', boardId)
    .where('p.person_id', '=', sql<PersonId>`any(${personIds}::uuid[])`) // persons_pkey
    .where('p.erased_at', 'is', null)
    .execute()
  const receivers = new Map<string, Receiver>()
  for (const row of rows) {
    const email = row.account_email ?? row.email
    const who = row.account_id ?? row.person_id
    const personIds = [...(receivers.get(who)?.personIds ?? []), row.person_id]
    if (email) receivers.set(who, { who, personIds, email, language: writtenIn(row.language ?? 'nl') })
  }
  // In one order for everybody, so that two acts that tell the same people never wait for each other.
  return [...receivers.values()].sort((a, b) => (a.who < b.who ? -1 : 1))
}
