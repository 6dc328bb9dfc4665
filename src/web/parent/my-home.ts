import type { Context } from 'hono'
import { noteVisit } from '../../accounts/visits.ts'
import { startOfAmsterdamDay } from '../../clock.ts'
import { type ChangeSince, changesSince } from '../../consents/changes.ts'
import { type SeenConsent, seenBy, waits } from '../../consents/questions.ts'
import { type Round, roundsNamed } from '../../consents/rounds.ts'
import type { Tx } from '../../database.ts'
import type { BoardId, RoundId } from '../../ids.ts'
import { birthdayOn } from '../../people/age.ts'
import { DECIDES_FROM } from '../../people/who-may-answer.ts'
import type { Around, Subject } from '../around.ts'
import { type PageEnv, sessionIn } from '../page.tsx'
import { briefsOf } from './brief.ts'
import { type CaseNews, caseNews } from './my-case-news.ts'
import { inMyBoards, type Listed, type Mine, subjectOf } from './my-consents.ts'
import { emergenciesAround, type MyEmergency } from './my-emergencies.tsx'
import { type MyTransfer, transfersAround, waitsForMe } from './my-transfers.ts'
import { type Suggested, suggestedToMe } from './suggested.tsx'

/** What waits in one round about one person: one line, however many questions. */
export interface WaitingRound {
  round: Round
  answered: number
  all: number
}

export interface Waiting {
  subject: Subject
  /** Whose round it is. */
  boardName: string
  rounds: WaitingRound[]
  /** Questions that came by themselves. */
  single: Listed[]
  /** Dossiers that go to another school, and were not looked at yet. */
  transfers: MyTransfer[]
}

/** Somebody turned sixteen, and decides from then on. */
export interface TurnedSixteen {
  kind: 'sixteen'
  at: Date
  subject: Subject
}

/** The school gave data in an emergency. */
export interface EmergencyNews {
  kind: 'emergency'
  at: Date
  given: MyEmergency
}

export type Change = { kind: ChangeSince['kind']; at: Date; mine: Listed } | CaseNews | TurnedSixteen | EmergencyNews

/** More than this is not calm: the rest stands under "Mijn toestemmingen". */
const MOST_CHANGES = 12

/** What waits for whoever is signed in, by whom it is about, and what changed since their last visit. */
export async function myHome(c: Context<PageEnv>): Promise<{ waiting: Waiting[]; changes: Change[]; tips: Suggested[] }> {
  const { deps, around: all, language } = c.var
  const at = deps.now()
  const boards = [...new Set(all.map(({ actor }) => actor.boardId))]
  const since = await noteVisit(deps.db, sessionIn(c).accountId, boards, at)
  const isNew = ({ boardId, suggestedAt }: Suggested) => suggestedAt > (since.get(boardId) ?? new Date(0))
  const tips = (await suggestedToMe(c)).filter(isNew)
  const news = await caseNews(c, since)
  return await inMyBoards(c, async (tx) => {
    const seen: Mine[] = []
    const changed: { change: ChangeSince; mine: Mine }[] = []
    const rounds = new Map<RoundId, Round>()
    const transfers: MyTransfer[] = []
    const emergencies: EmergencyNews[] = []
    for (const around of all) {
      const { boardId, personId } = around.actor
      const mine = (await seenBy(tx, boardId, personId, at)).flatMap((consent) => {
        const subject = subjectOf(around, consent)
        return subject ? [{ around, subject, consent }] : []
      })
      seen.push(...mine)
      transfers.push(...(await transfersAround(tx, around, at)).filter(waitsForMe))
      const before = since.get(boardId)
      for (const given of await emergenciesAround(tx, around, at)) {
        if (given.one.recordedAt > (before ?? new Date(0))) emergencies.push({ kind: 'emergency', at: given.one.recordedAt, given })
      }
      const consents = mine.map(({ consent }) => consent)
      for (const change of before ? await changesSince(tx, boardId, personId, consents, before) : []) {
        changed.push({ change, mine: mine.find(({ consent }) => consent === change.consent)! })
      }
      const ids = consents.filter(waits).flatMap(({ item }) => item.roundId ?? [])
      for (const round of await roundsNamed(tx, boardId, [...new Set(ids)])) rounds.set(round.roundId, round)
    }
    const happened = [
      ...changed.map(({ change: { kind, at }, mine }) => ({ kind, at, mine })),
      ...news,
      ...emergencies,
      ...(await turnedSixteen(tx, all, since, at)),
    ]
    const latest = happened.toSorted((a, b) => b.at.getTime() - a.at.getTime()).slice(0, MOST_CHANGES)
    const waiting = groupedBySubject(all, { seen, rounds, transfers })
    const shown = [...waiting.flatMap(({ single }) => single), ...latest.flatMap((change) => ('mine' in change ? [change.mine] : []))]
    const briefs = await briefsOf(
      tx,
      shown.map(({ consent }) => consent.item),
      language,
    )
    const listed = (mine: Mine): Listed => ({ ...mine, brief: briefs.get(mine.consent.itemId)! })
    return {
      waiting: waiting.map(({ single, ...rest }) => ({ ...rest, single: single.map(listed) })),
      changes: latest.map((change) => ('mine' in change ? { ...change, mine: listed(change.mine) } : change)),
      tips,
    }
  })
}

/** The children of this account, and the account's own person, who turned sixteen since each board was visited. */
async function turnedSixteen(tx: Tx, all: readonly Around[], since: ReadonlyMap<BoardId, Date>, at: Date): Promise<TurnedSixteen[]> {
  const found: TurnedSixteen[] = []
  for (const { actor, subjects } of all) {
    const before = since.get(actor.boardId)
    if (!before) continue
    const people = await tx
      .selectFrom('persons')
      .select(['person_id', 'birth_date'])
      .where('board_id', '=', actor.boardId)
      .where(
        'person_id',
        'in',
        subjects.map(({ personId }) => personId),
      ) // persons_pkey
      .execute()
    for (const subject of subjects) {
      const born = people.find(({ person_id }) => person_id === subject.personId)?.birth_date
      const turns = born ? startOfAmsterdamDay(birthdayOn(born, DECIDES_FROM)) : undefined
      if (turns && turns > before && turns <= at) found.push({ kind: 'sixteen', at: turns, subject })
    }
  }
  return found
}

type Grouped = Omit<Waiting, 'single'> & { single: Mine[] }

interface Found {
  seen: readonly Mine[]
  rounds: ReadonlyMap<RoundId, Round>
  transfers: readonly MyTransfer[]
}

/** A round of which more than one question was asked is one line; whatever else waits is a line of its own. In the order of these people. */
function groupedBySubject(all: readonly Around[], { seen, rounds, transfers }: Found): Grouped[] {
  const perSubject = Map.groupBy(seen, ({ subject }) => subject)
  const subjects = all.flatMap((around) => around.subjects.map((subject) => ({ subject, boardName: around.boardName })))
  return subjects.flatMap(({ subject, boardName }) => {
    const mine = perSubject.get(subject) ?? []
    const open = mine.filter(({ consent }) => waits(consent))
    const inRounds = [...rounds.values()].flatMap((round): (WaitingRound & { ids: Set<string> })[] => {
      const asked = mine.filter(({ consent }) => isAskedIn(consent, round.roundId))
      const waiting = asked.filter(({ consent }) => waits(consent))
      if (waiting.length === 0 || asked.length < 2) return []
      const ids = new Set<string>(waiting.map(({ consent }) => consent.consentId))
      return [{ round, answered: asked.length - waiting.length, all: asked.length, ids }]
    })
    const single = open.filter(({ consent }) => !inRounds.some(({ ids }) => ids.has(consent.consentId)))
    const going = transfers.filter((one) => one.subject === subject)
    if (inRounds.length + single.length + going.length === 0) return []
    return [
      {
        subject,
        boardName,
        rounds: inRounds.map(({ round, answered, all }) => ({ round, answered, all })),
        single,
        transfers: going,
      },
    ]
  })
}

/** Asked, and not over: what rests on another basis is no question. */
function isAskedIn({ item, legalBasis, state }: SeenConsent, roundId: RoundId): boolean {
  return item.roundId === roundId && legalBasis === 'consent' && !('at' in state)
}
