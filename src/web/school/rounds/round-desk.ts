import type { Context } from 'hono'
import type { Item } from '../../../consents/item.ts'
import { itemsOfRound, type Round, roundById } from '../../../consents/rounds.ts'
import { itemById } from '../../../consents/store.ts'
import type { Tx } from '../../../database.ts'
import { idOf } from '../../../http.ts'
import type { ItemId, RoundId, SchoolId } from '../../../ids.ts'
import type { MandateRole } from '../../../people/mandate.ts'
import { personById } from '../../../people/store.ts'
import { Refusal } from '../../../refusal.ts'
import type { PageEnv } from '../../page.tsx'
import { atDesk, type Desk, desksOf } from '../desk.ts'

const HANDLES: readonly MandateRole[] = ['consent_officer', 'school_leader']

/** A desk with what may be done there about rounds. For showing only: each command reads the mandates again and holds them. */
export interface RoundDesk extends Desk {
  /** Within which schools progress may be seen; null is the whole board. */
  sees: SchoolId[] | null
  /** Within which schools answers may be recorded, and so pupils be seen one by one; null is the whole board. */
  records: SchoolId[] | null
  /** Within which schools pupils may be seen one by one: where answers are recorded, and by who watches over the board; null is all of it. */
  looksUp: SchoolId[] | null
}

export interface AtRound {
  desk: RoundDesk
  round: Round
  items: Item[]
  /** May change, send and remind. */
  edits: boolean
}

export function roundDesksOf(c: Context<PageEnv>): RoundDesk[] {
  return desksOf(c).map((desk) => {
    const within = (may: (role: MandateRole) => boolean) => {
      const held = desk.around.mandates.filter(({ role }) => may(role))
      return held.some(({ schoolId }) => schoolId === null) ? null : held.flatMap(({ schoolId }) => schoolId ?? [])
    }
    return {
      ...desk,
      sees: within((role) => role !== 'teacher' && role !== 'concierge'),
      records: within((role) => HANDLES.includes(role)),
      looksUp: within((role) => role === 'dpo' || HANDLES.includes(role)),
    }
  })
}

/** Whether a round is of this desk's business: the board's is everybody's, one school's is that school's. */
export const seesRound = ({ sees }: RoundDesk, { schoolId }: Round): boolean => {
  return sees === null || (schoolId === null ? sees.length > 0 : sees.includes(schoolId))
}

export const seesSchool = (schools: SchoolId[] | null, schoolId: SchoolId | null): boolean =>
  schools === null || (schoolId !== null && schools.includes(schoolId))

/**
 * The round of the path, at the desk where one may look at it, with its items.
 *
 * @throws Refusal `round_not_found` also for another school's
 */
export async function roundAtDesk(c: Context<PageEnv>): Promise<AtRound> {
  const id = idOf<RoundId>().safeParse(c.req.param('roundId'))
  if (!id.success) throw new Refusal('round_not_found')
  for (const desk of roundDesksOf(c)) {
    const { boardId } = desk.around.actor
    const found = await atDesk(c, desk, async (tx: Tx) => {
      const round = await roundById(tx, boardId, id.data)
      return round && seesRound(desk, round) ? { round, items: await itemsOfRound(tx, boardId, round.roundId) } : undefined
    })
    if (found) return { desk, ...found, edits: desk.decidesAt(found.round.schoolId) }
  }
  throw new Refusal('round_not_found')
}

/** As `roundAtDesk`, for who may change and send it. @throws Refusal `round_not_found`, `mandate_missing` */
export async function ownRound(c: Context<PageEnv>): Promise<AtRound> {
  const at = await roundAtDesk(c)
  if (!at.edits) throw new Refusal('mandate_missing')
  return at
}

export const isSomewhere = (schools: SchoolId[] | null): boolean => schools === null || schools.length > 0

export const pathOf = ({ roundId }: Pick<Round, 'roundId'>): string => `/school/rounds/${roundId}`

/** The item of the path, also when somebody left it out of the draft meanwhile. @throws Refusal `item_not_found` */
export async function itemThatWas(c: Context<PageEnv>, { desk, round }: AtRound): Promise<Item> {
  const id = idOf<ItemId>().safeParse(c.req.param('itemId'))
  const item = id.success ? await atDesk(c, desk, (tx) => itemById(tx, desk.around.actor.boardId, id.data)) : undefined
  if (item?.roundId !== round.roundId) throw new Refusal('item_not_found')
  return item
}

/** Who changed the draft last, by name. */
export async function changerOf(tx: Tx, { boardId, changed }: Round): Promise<string> {
  const changer = changed && (await personById(tx, boardId, changed.by))
  return changer ? `${changer.givenName} ${changer.familyName}` : ''
}

/** The item of the path. @throws Refusal `item_not_found` */
export function itemOfPath(c: Context<PageEnv>, { items }: AtRound): Item {
  const id = idOf<ItemId>().safeParse(c.req.param('itemId'))
  const item = id.success ? items.find(({ itemId }) => itemId === id.data) : undefined
  if (!item) throw new Refusal('item_not_found')
  return item
}
