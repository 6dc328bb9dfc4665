import { type RawBuilder, sql } from 'kysely'
import { amsterdamDay } from '../clock.ts'
import type { BoardId } from '../ids.ts'
import { DECIDES_FROM } from './who-may-answer.ts'

/**
 * Whether nobody may answer for the pupil of the row `p` at `at`: what `whoMayAnswer` says, as SQL, for counting many at
 * once. Needs `withAuthority` joined as `authorised`. A test holds the two together.
 */
export function nobodyMayAnswer(at: Date): RawBuilder<boolean> {
  return sql<boolean>`(p.birth_date is null or (authorised.pupil_id is null and ${isUnderSixteen(at)}))`
}

/** The join that `nobodyMayAnswer` looks at: pupils with a guardian who has authority. Once for all of them, not for each. */
export function withAuthority(boardId: BoardId, at: Date): RawBuilder<unknown> {
  const inForce = (alias: string) =>
    sql`${sql.ref(`${alias}.starts_at`)} <= ${at} and (${sql.ref(`${alias}.ends_at`)} is null or ${sql.ref(`${alias}.ends_at`)} > ${at})`
  return sql`
    left join (
      select distinct g.pupil_id from guardianships g -- guardianships_by_pupil
      where g.board_id = ${boardId} and g.authority = 'yes' and ${inForce('g')} and not exists (
        select from guardianships b
        where b.board_id = g.board_id and b.pupil_id = g.pupil_id and b.guardian_id = g.guardian_id
          and b.authority = 'no' and ${inForce('b')}
      )
    ) authorised on authorised.pupil_id = p.person_id`
}

/** Of the row `p`. As text: a birthday on 29 February is compared by its digits, as `ageOn` does. */
export function isUnderSixteen(at: Date): RawBuilder<boolean> {
  const today = amsterdamDay(at)
  return sql<boolean>`to_char(p.birth_date, 'YYYY-MM-DD') > ${`${Number(today.slice(0, 4)) - DECIDES_FROM}${today.slice(4)}`}`
}
