import { sql } from 'kysely'
import type { Tx } from '../database.ts'
import type { BoardId, ItemId, RoundId, SchoolId } from '../ids.ts'
import { schoolsOfBoard } from '../people/register.ts'
import type { Round } from './rounds.ts'
import { type CountedAt, keepWhatWasDone, shownCounts } from './shown-figures.ts'
import { type Counted, type DoneBefore, FEWEST_SHOWN, type Split, safeSplits } from './small-groups.ts'

export interface SchoolFigures {
  schoolId: SchoolId
  school: string
  asked: number
  answered: number
  split: Split
}

/** How one question of a round was answered: counts, and no answer of anybody (D10). */
export interface ItemFigures {
  itemId: ItemId
  asked: number
  answered: number
  split: Split
  /** Of a round of pupils; of staff only the whole is told. */
  schools: SchoolFigures[]
}

/**
 * The figures of a round, of those who are at school now: by question for the whole board, and of pupils by school, with
 * what would tell of fewer than five people left out (`safeSplits`), also to who looks again later: how they answered may be up to
 * four people of a school behind (`shownCounts`); how many did is not. A yes counts where everybody who answered says yes; one
 * that was stopped is a no. Of staff, who answer without anybody seeing it, nothing is told where all say the same either.
 *
 * Does NOT check who asks.
 */
export async function figuresOf(tx: Tx, { boardId, roundId, subjectKind }: Round, at: Date): Promise<ItemFigures[]> {
  // One look at a time: who looks next is shown no other count for an answer that came between the two.
  await sql`select pg_advisory_xact_lock(hashtextextended(${`figures:${roundId}`}, 0))`.execute(tx)
  const rows = await countedOf(tx, boardId, roundId, subjectKind, at)
  const shown = await shownCounts(tx, boardId, rows, at)
  const shownOf = Map.groupBy(shown, ({ itemId }) => itemId)
  const schools = new Map((await schoolsOfBoard(tx, boardId)).map(({ schoolId, name }) => [schoolId, name]))
  const figures: ItemFigures[] = []
  for (const [itemId, ofItem] of Map.groupBy(rows, ({ itemId }) => itemId)) {
    const counts = shownOf.get(itemId)!
    const asked = ofItem.reduce((all, one) => all + one.asked, 0)
    const answered = ofItem.reduce((all, one) => all + one.answered, 0)
    if (subjectKind === 'employee') {
      const yes = counts.reduce((all, one) => all + one.yes, 0)
      const no = counts.reduce((all, one) => all + one.answered, 0) - yes
      figures.push({ itemId, asked, answered, split: Math.min(yes, no) >= FEWEST_SHOWN ? { yes, no } : null, schools: [] })
      continue
    }
    const safe = safeSplits(
      new Map(counts.map(({ schoolId, ...counted }): [SchoolId | null, Counted] => [schoolId, counted])),
      new Map(counts.map(({ schoolId, ...done }): [SchoolId | null, DoneBefore] => [schoolId, done])),
    )
    const hiddenNow = [...safe.schools.values()].filter((split) => split === null).length
    for (const one of counts) {
      const wasShown = safe.schools.get(one.schoolId) !== null
      const hiddenWith = safe.whole !== null && !wasShown ? hiddenNow : null
      const isKnown = wasShown ? one.wasShown : hiddenWith === one.hiddenWith
      if (!isKnown && (wasShown || hiddenWith !== null)) await keepWhatWasDone(tx, boardId, itemId, { ...one, wasShown, hiddenWith })
    }
    figures.push({
      itemId,
      asked,
      answered,
      split: safe.whole,
      schools: ofItem
        .flatMap(({ schoolId, asked, answered }) => {
          const school = schoolId && schools.get(schoolId)
          return schoolId && school ? [{ schoolId, school, asked, answered, split: safe.schools.get(schoolId) ?? null }] : []
        })
        .toSorted((a, b) => (a.school < b.school ? -1 : 1)),
    })
  }
  return figures
}

interface CountedRow extends CountedAt {
  asked: number
}

async function countedOf(tx: Tx, boardId: BoardId, roundId: RoundId, kind: Round['subjectKind'], at: Date): Promise<CountedRow[]> {
  const tenures = kind === 'pupil' ? sql.table('enrolments') : sql.table('employments')
  const { rows } = await sql<CountedRow>`
    with asked as (
      select c.consent_id, c.item_id, c.subject_id, c.revision > 0 as answered, c.ended_at is null as stands
      from items i -- items_by_round
      join consents c on c.board_id = i.board_id and c.item_id = i.item_id -- consents_one_open
      where i.board_id = ${boardId} and i.round_id = ${roundId} and i.legal_basis = 'consent'
        and (c.ended_at is null or (c.ended_as in ('withdrawn', 'expired') and not exists (
          select from consents n where n.board_id = c.board_id and n.item_id = c.item_id and n.subject_id = c.subject_id -- consents_by_subject
            and n.consent_id <> c.consent_id and (n.ended_at is null or n.ended_at > c.ended_at)
        )))
    ), latest as (
      select distinct on (a.consent_id, a.decider_id) a.consent_id, a.answer
      from asked join answers a on a.board_id = ${boardId} and a.consent_id = asked.consent_id and a.undone_at is null -- answers_one_per_revision
      order by a.consent_id, a.decider_id, a.revision desc
    ), said as (
      select consent_id, bool_and(answer = 'yes') as yes from latest group by consent_id
    ), now as (
      select distinct on (person_id) person_id, school_id from ${tenures}
      where board_id = ${boardId} and starts_at <= ${at} and (ends_at is null or ends_at > ${at})
      order by person_id, starts_at desc
    )
    select asked.item_id as "itemId", now.school_id as "schoolId", count(*)::int as asked, (count(*) filter (where asked.answered))::int as answered,
      (count(*) filter (where asked.stands and said.yes))::int as yes
    from asked join now on now.person_id = asked.subject_id left join said on said.consent_id = asked.consent_id
    group by asked.item_id, now.school_id order by asked.item_id, now.school_id`.execute(tx)
  return rows
}
