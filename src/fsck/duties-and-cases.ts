import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'
import { type Entry, idsIn } from './entries.ts'

/** Duties and cases as the ledger alone tells them (INV-05). */
export interface ToldDuties {
  duties: Map<string, { began?: Entry; confirmed?: Entry }>
  /** Per case the last entry of each step. */
  cases: Map<string, Map<string, Entry>>
}

export function emptyDuties(): ToldDuties {
  return { duties: new Map(), cases: new Map() }
}

/** Takes one more entry in. */
export function replayDuties({ duties, cases }: ToldDuties, entry: Entry): void {
  const { event, ref, facts } = entry
  const began = [...idsIn(facts, 'dutyIds'), ...(typeof facts.dutyId === 'string' ? [facts.dutyId] : [])]
  for (const id of began) duties.set(id, { began: entry, ...duties.get(id) })
  if (event === 'duty_confirmed' && ref) duties.set(ref, { ...duties.get(ref), confirmed: entry })
  // What a supplier sent on is a record of its own (`records.ts`).
  if (event.startsWith('right_') && event !== 'right_forwarded' && ref)
    cases.set(ref, (cases.get(ref) ?? new Map<string, Entry>()).set(event, entry))
}

/** Every duty and case that is there was told, and the other way round, with the moments of each step. */
export async function dutiesAreReplay(tx: Tx, boardId: BoardId, { duties, cases }: ToldDuties): Promise<string[]> {
  return [...(await dutyFindings(tx, boardId, duties)), ...(await caseFindings(tx, boardId, cases))]
}

async function dutyFindings(tx: Tx, boardId: BoardId, told: ToldDuties['duties']): Promise<string[]> {
  const rows = await tx.selectFrom('duties').select(['duty_id', 'confirmed_at', 'confirmed_by']).where('board_id', '=', boardId).execute() // duties_pkey
  const found = rows.flatMap(({ duty_id, confirmed_at, confirmed_by }) => {
    const { began, confirmed } = told.get(duty_id) ?? {}
    if (!began) return [`duty ${duty_id} is nowhere in the ledger`]
    const same = sameTime(confirmed_at, confirmed?.at) && (confirmed_by ?? undefined) === confirmed?.actor
    return same ? [] : [`duty ${duty_id} differs from the ledger in its confirmation`]
  })
  return [...found, ...gone('duty', told, new Set(rows.map(({ duty_id }) => duty_id)))]
}

async function caseFindings(tx: Tx, boardId: BoardId, told: ToldDuties['cases']): Promise<string[]> {
  const rows = await tx
    .selectFrom('rights_cases')
    .select(['case_id', 'taken_at', 'extended_at', 'closed_at', 'outcome'])
    .where('board_id', '=', boardId) // rights_cases_pkey
    .execute()
  const found = rows.flatMap((row) => {
    const steps = told.get(row.case_id)
    if (!steps?.has('right_used')) return [`case ${row.case_id} is nowhere in the ledger`]
    const answered = steps.get('right_answered')
    const same =
      sameTime(row.taken_at, steps.get('right_taken')?.at) &&
      sameTime(row.extended_at, steps.get('right_extended')?.at) &&
      sameTime(row.closed_at, answered?.at) &&
      (row.outcome ?? undefined) === answered?.facts.outcome
    return same ? [] : [`case ${row.case_id} differs from the ledger`]
  })
  return [...found, ...gone('case', told, new Set(rows.map(({ case_id }) => case_id)))]
}

const gone = (kind: string, told: ReadonlyMap<string, unknown>, there: ReadonlySet<string>) =>
  [...told.keys()].filter((id) => !there.has(id)).map((id) => `${kind} ${id} is in the ledger and not there`)

const sameTime = (a: Date | null, b: Date | undefined) => a?.getTime() === b?.getTime()
