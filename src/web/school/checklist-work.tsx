import type { Context } from 'hono'
import { isChecklistDue } from '../../cases/checklist.ts'
import { sheetsOf } from '../../cases/checklist-store.ts'
import { Link, Section } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { numberIn } from '../texts/numbers.ts'
import { checklistDesksOf, pointsAt, yearsAt } from './checklist-desk.ts'
import { atDesk } from './desk.ts'

/** What waits of the yearly checklist: to fill it in, and what is not right yet. */
export interface ChecklistWork {
  toFillIn: number
  open: number
  late: number
}

export async function checklistWork(c: Context<PageEnv>): Promise<ChecklistWork> {
  const at = c.var.deps.now()
  const work: ChecklistWork = { toFillIn: 0, open: 0, late: 0 }
  for (const desk of checklistDesksOf(c)) {
    const { boardId, personId } = desk.around.actor
    const { year } = await yearsAt(c, desk)
    const sheets = await atDesk(c, desk, (tx) => sheetsOf(tx, boardId, personId))
    if (isChecklistDue(year, at) && !sheets.has(year.name)) work.toFillIn += 1
    const open = (await pointsAt(c, desk)).filter(({ point }) => !point.closed)
    work.open += open.length
    work.late += open.filter(({ point }) => point.dueAt <= at).length
  }
  return work
}

export function ChecklistWorkList({ c, work: { toFillIn, open, late } }: { c: Context<PageEnv>; work: ChecklistWork }) {
  const words = c.var.t.checklist
  const number = numberIn(c.var.language)
  if (toFillIn + open === 0) return null
  return (
    <Section title={words.work}>
      <ul class="utrecht-unordered-list">
        {toFillIn > 0 && (
          <li class="utrecht-unordered-list__item">
            <Link href="/school/checklist">{words.workDo}</Link>
          </li>
        )}
        {open > 0 && (
          <li class="utrecht-unordered-list__item">
            <Link
              href={checklistDesksOf(c).some(({ looksSomewhere }) => looksSomewhere) ? '/school/checklist/outcome' : '/school/checklist'}
            >
              {words.workPoints(number(open))}
            </Link>
            {late > 0 && <div class="soft">{words.workLate(number(late))}</div>}
          </li>
        )}
      </ul>
    </Section>
  )
}
