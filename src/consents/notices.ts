import { sql } from 'kysely'
import { amsterdamDay } from '../clock.ts'
import type { Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId } from '../ids.ts'
import { type WrittenLanguage, writtenIn } from '../languages.ts'
import { enqueueMails, type NewMail } from '../notifications/enqueue.ts'
import { isQuiet, nextMorning } from '../notifications/quiet-hours.ts'
import { boardById, subjectFacts } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'

/** Asking is rationed: more than this nobody is told in a day. What was not told stands in the list of questions. */
const NOTICES_PER_DAY = 3

/**
 * `question`: the school asks something. `direct_question`: a supplier does, and the school has no part in it.
 * `told`: the school passes something on that needs no consent, and says why (C23).
 * `first_yes`: another decider said yes, and one may still say no. `sixteen`: one decides now. `reminder`: a question of
 * the school waits still. `inquiry_answered`: the school answered what one asked it. `images`:
 * once a year, that pictures can be stopped.
 * `stopped`: something they said yes to is shared no more, because of what the school passed on.
 */
export type Notice =
  | 'question'
  | 'direct_question'
  | 'told'
  | 'first_yes'
  | 'sixteen'
  | 'reminder'
  | 'inquiry_answered'
  | 'images'
  | 'stopped'

/** What leads to everything that is asked and told; the others lead to one thing that was known before. */
const INFORMS: ReadonlySet<Notice> = new Set(['question', 'told', 'reminder', 'sixteen'])

/** Mails never say about whom, what or by whom: they may be read by others, and the question itself may be special (design §3). */
export const NOTICE_TEXTS: Record<Notice, Record<WrittenLanguage, (board: string, link: string) => { subject: string; text: string }>> = {
  question: {
    nl: (board, link) => ({
      subject: `Een vraag via ${board}`,
      text: `Er staat een vraag voor u klaar. U beslist zelf; nee zeggen heeft geen gevolgen voor het onderwijs.\n\nBekijk de vraag: ${link}\n`,
    }),
    en: (board, link) => ({
      subject: `A question by way of ${board}`,
      text: `There is a question for you. You decide; saying no has no consequences for education.\n\nSee the question: ${link}\n`,
    }),
  },
  direct_question: {
    nl: (_board, link) => ({
      subject: 'Er is een vraag voor u',
      text: `Er staat een vraag voor u klaar. U beslist zelf. De school stelt deze vraag niet en ziet uw antwoord niet.\n\nBekijk de vraag: ${link}\n`,
    }),
    en: (_board, link) => ({
      subject: 'There is a question for you',
      text: `There is a question for you. You decide. The school does not ask this and does not see your answer.\n\nSee the question: ${link}\n`,
    }),
  },
  told: {
    nl: (board, link) => ({
      subject: `Nieuwe informatie van ${board}`,
      text: `De school deelt iets nieuws. Daarvoor is uw toestemming niet nodig. Lees wat het is en waarom het mag:\n\n${link}\n\nBent u het er niet mee eens? Daar staat ook wat u dan kunt doen.\n`,
    }),
    en: (board, link) => ({
      subject: `New information from ${board}`,
      text: `The school shares something new. It does not need your consent for it. Read what it is and why it may:\n\n${link}\n\nDo you not agree? There you also find what you can do then.\n`,
    }),
  },
  first_yes: {
    nl: (board, link) => ({
      subject: `Er is ja gezegd via ${board}`,
      text: `Iemand die samen met u beslist heeft ja gezegd op een vraag. Bent u het er niet mee eens? Dan zegt u nee met één druk op de knop:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: `Somebody said yes by way of ${board}`,
      text: `Somebody who decides together with you said yes to a question. Do you not agree? Then say no with one press of a button:\n\n${link}\n`,
    }),
  },
  reminder: {
    nl: (board, link) => ({
      subject: `Er wacht nog een vraag via ${board}`,
      text: `Er staat nog een vraag voor u klaar. U beslist zelf: ja en nee zijn allebei goed. Na uw antwoord mailen wij u hier niet meer over.\n\nBekijk de vraag: ${link}\n`,
    }),
    en: (board, link) => ({
      subject: `A question is still waiting by way of ${board}`,
      text: `There is still a question for you. You decide: yes and no are both fine. Once you have answered we do not mail you about it again.\n\nSee the question: ${link}\n`,
    }),
  },
  images: {
    nl: (board, link) => ({
      subject: `Foto, film en geluid via ${board}`,
      text: `U zei eerder ja op foto, film of geluid. U kunt dat altijd stoppen, per plaats met één druk op de knop:\n\n${link}\n\nVindt u het nog goed? Dan hoeft u niets te doen.\n`,
    }),
    en: (board, link) => ({
      subject: `Photos, film and sound by way of ${board}`,
      text: `You said yes to photos, film or sound. You can always stop that, for each place with one press of a button:\n\n${link}\n\nIs it still fine? Then you need not do anything.\n`,
    }),
  },
  inquiry_answered: {
    nl: (board, link) => ({
      subject: `Antwoord op uw vraag aan ${board}`,
      text: `U vroeg de school iets. Het antwoord staat voor u klaar:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: `An answer to your question to ${board}`,
      text: `You asked the school something. The answer is here for you:\n\n${link}\n`,
    }),
  },
  stopped: {
    nl: (board, link) => ({
      subject: 'Er is iets gestopt',
      text: `Er wordt iets niet meer gedeeld waar u ja op zei. Dat komt door een wijziging bij ${board}, bijvoorbeeld een andere school. De school weet niet wat u deelde.\n\nBekijk het hier: ${link}\n`,
    }),
    en: (board, link) => ({
      subject: 'Something has stopped',
      text: `Something you said yes to is no longer shared. That is because of a change at ${board}, another school for instance. The school does not know what you shared.\n\nSee it here: ${link}\n`,
    }),
  },
  sixteen: {
    nl: (board, link) => ({
      subject: `Voortaan beslis je zelf, via ${board}`,
      text: `Je bent zestien. Vanaf nu beslis je zelf over je gegevens. Wat je ouders hebben goedgevonden kun je bekijken en stoppen:\n\n${link}\n`,
    }),
    en: (board, link) => ({
      subject: `From now on you decide, by way of ${board}`,
      text: `You are sixteen. From now on you decide about your data. You can see and stop what your parents agreed to:\n\n${link}\n`,
    }),
  },
}

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
): Promise<number> {
  return await tellIn(tx, deps, at, boardId, personIds, notice, path, slotsOfToday)
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
    return [{ to: receiver.email, ...words, dedupKey: free.key, notBefore: free.notBefore, byDay: true, informs, at }]
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
