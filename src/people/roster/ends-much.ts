import { Refusal } from '../../refusal.ts'
import type { RosterChanges } from './compare.ts'

/** A file that is cut short must not end a school: of more than one in ten it is asked whether that is meant. */
const ONE_IN = 10
/** Of staff and guardians below this number nobody is surprised. Of pupils one always asks. */
const MUCH = 20

/** What of a roster's endings is so much that somebody has to say that it is meant; empty when nothing is. */
export function muchEnds({ endings, employments, guardianships }: RosterChanges): { ends: number; of: number; schoolId?: string }[] {
  const schools = endings.filter(({ gone, of }) => gone * ONE_IN > of).map(({ schoolId, gone, of }) => ({ ends: gone, of, schoolId }))
  const others = [employments, guardianships].filter(({ gone, openBefore }) => gone > MUCH && gone * ONE_IN > openBefore)
  return [...schools, ...others.map(({ gone, openBefore }) => ({ ends: gone, of: openBefore }))]
}

/** @throws Refusal `roster_ends_too_much` with how many of how many, where that is most */
export function mustNotEndMuch(changes: RosterChanges): void {
  const [most] = muchEnds(changes).toSorted((a, b) => b.ends - a.ends)
  if (most) throw new Refusal('roster_ends_too_much', { ...most })
}
