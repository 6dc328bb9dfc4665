import { amsterdamDay } from '../clock.ts'
import type { Tx } from '../database.ts'
import type { BoardId, ItemId, PersonId, ServiceId } from '../ids.ts'
import { ageOn } from '../people/age.ts'
import { subjectFacts } from '../people/store.ts'
import type { SubjectFacts } from '../people/who-may-answer.ts'

/**
 * Whether a pupil is below the minimum age of a service at `at` (P48): nothing of it is asked, told, released or handed over
 * then. A pupil whose birth date nobody knows is: what is unknown is no. Staff never are.
 */
export function isTooYoung({ kind, birthDate }: Pick<SubjectFacts, 'kind' | 'birthDate'>, minimumAge: number | null, at: Date): boolean {
  if (minimumAge === null || kind === 'employee') return false
  return birthDate === null || ageOn(birthDate, amsterdamDay(at)) < minimumAge
}

/**
 * Those who are below the minimum age of a service when a use of it begins: before that nothing stands yet, and from then on
 * standing counts at each moment, so nobody is asked for nothing and nobody goes through too early. Reads nothing of them where
 * it has none.
 */
export async function tooYoungFor(
  tx: Tx,
  boardId: BoardId,
  { serviceId, startsAt }: { serviceId: ServiceId; startsAt: Date },
  subjectIds: PersonId[],
  at: Date,
): Promise<Set<PersonId>> {
  const service = await tx.selectFrom('services').select('minimum_age').where('service_id', '=', serviceId).executeTakeFirst() // services_pkey
  if (!service?.minimum_age) return new Set()
  const facts = await subjectFacts(tx, boardId, subjectIds)
  const then = startsAt > at ? startsAt : at
  return new Set(subjectIds.filter((subjectId) => isTooYoung(facts.get(subjectId)!, service.minimum_age, then)))
}

/** Which items can be asked of which subjects, each subject once: all of all, but for services that have a minimum age. */
export async function oldEnough(
  tx: Tx,
  at: Date,
  boardId: BoardId,
  itemIds: readonly ItemId[],
  subjectIds: readonly PersonId[],
): Promise<{ itemIds: readonly ItemId[]; subjectIds: readonly PersonId[] }[]> {
  const limited = await tx
    .selectFrom('items as i')
    .innerJoin('services as s', 's.service_id', 'i.service_id')
    .select(['i.item_id', 'i.starts_at', 's.minimum_age'])
    .where('i.board_id', '=', boardId)
    .where('i.item_id', 'in', itemIds) // items_pkey
    .where('s.minimum_age', 'is not', null)
    .execute()
  if (limited.length === 0) return [{ itemIds, subjectIds }]
  const facts = await subjectFacts(tx, boardId, [...subjectIds])
  const without = (subjectId: PersonId) =>
    limited
      .filter(({ starts_at, minimum_age }) => isTooYoung(facts.get(subjectId)!, minimum_age, starts_at > at ? starts_at : at))
      .map(({ item_id }) => item_id)
  const alike = Map.groupBy(subjectIds, (subjectId) => without(subjectId).join())
  return [...alike.values()].map((group) => {
    const forbidden = without(group[0]!)
    return { itemIds: itemIds.filter((itemId) => !forbidden.includes(itemId)), subjectIds: group }
  })
}
