import type { Context } from 'hono'
import { z } from 'zod'
import type { LedgerQuery } from '../../cases/ledger-search.ts'
import { idOf } from '../../http.ts'
import { LEDGER_EVENTS } from '../../ledger/events.ts'
import { day, endOf, startOf } from '../../moments.ts'
import { Refusal } from '../../refusal.ts'
import { seal, unseal } from '../../sealing.ts'
import { formToken } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import { type Desk, desksOf } from './desk.ts'

const empty = z.literal('').transform(() => undefined)
const filters = {
  event: z.union([empty, z.enum(LEDGER_EVENTS)]).optional(),
  who: z.union([empty, z.string().trim().min(2).max(120)]).optional(),
  about: z.union([empty, idOf<string>()]).optional(),
  from: z.union([empty, day]).optional(),
  until: z.union([empty, day]).optional(),
  board: idOf<string>().optional(),
}

/** What of the ledger somebody looks for. */
export const ledgerFilters = z.object({
  ...filters,
  before: z.string().max(400).optional(),
})
type Filters = z.output<typeof ledgerFilters>

/** The same, to be made into a file. */
export const exportForm = z.strictObject({ form: formToken, as: z.enum(['csv', 'json']), ...filters })

export const dpoDesks = (c: Context<PageEnv>): Desk[] =>
  desksOf(c).filter(({ around }) => around.mandates.some(({ role, schoolId }) => role === 'dpo' && schoolId === null))

/** @throws Refusal `mandate_missing` */
export function dpoDesk(c: Context<PageEnv>, { board }: Pick<Filters, 'board'>): Desk {
  const desks = dpoDesks(c)
  const desk = desks.find(({ around }) => around.actor.boardId === board) ?? (board ? undefined : desks[0])
  if (!desk) throw new Refusal('mandate_missing')
  return desk
}

const PLACE = 'place in the ledger'

/** Where the next page begins, for its link: the numbers of entries are not shown (`FoundEntry`). */
export const placeAfter = (c: Context<PageEnv>, seq: string) => seal(c.var.deps.secret, PLACE, seq)

/** @throws Refusal `input_invalid` */
export async function placeIn(c: Context<PageEnv>, sealed: string | undefined): Promise<string | undefined> {
  if (sealed === undefined) return undefined
  return await unseal(c.var.deps.secret, PLACE, sealed).catch(() => {
    throw new Refusal('input_invalid')
  })
}

export const queryOf = ({ event, who, about, from, until }: Filters): LedgerQuery => ({
  event,
  actor: who,
  ref: about,
  from: from ? startOf(from) : undefined,
  until: until ? endOf(until) : undefined,
})
