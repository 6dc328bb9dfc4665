import { type RawBuilder, sql } from 'kysely'
import { amsterdamDay } from '../clock.ts'
import { DECIDES_FROM } from './who-may-answer.ts'

/**
 * Whether nobody may answer for the pupil of the row `p` at `at`: what `whoMayAnswer` says, as SQL, for counting many at
 * once. A test holds the two together.
 */
export function nobodyMayAnswer(at: Date): RawBuilder<boolean> {
  const today = amsterdamDay(at)
  // As text: a birthday on 29 February is compared by its digits, as `ageOn` does.
  const sixteenSince = `${Number(today.slice(0, 4)) - DECIDES_FROM}${today.slice(4)}`
  const inForce = (alias: string) =>
    sql`${sql.ref(`${alias}.starts_at`)} <= ${at} and (${sql.ref(`${alias}.ends_at`)} is null or ${sql.ref(`${alias}.ends_at`)} > ${at})`
  return sql<boolean>`(
    p.birth_date is null or (p.birth_date::text > ${sixteenSince} and not exists (
      select from guardianships g -- guardianships_by_pupil
      where g.board_id = p.board_id and g.pupil_id = p.person_id and g.authority = 'yes' and ${inForce('g')}
        and not exists (
          select from guardianships b
          where b.board_id = g.board_id and b.pupil_id = g.pupil_id and b.guardian_id = g.guardian_id
            and b.authority = 'no' and ${inForce('b')}
        )
    )))`
}
