import type { RosterBundle, RosterPerson } from '../oneroster/bundle.ts'
import { nameKey } from '../oneroster/names.ts'
import { BESIDE, idBeside } from '../oneroster/which-base.ts'

type Told = Pick<RosterBundle, 'schools' | 'namedElsewhere' | 'namedBefore'>

/**
 * Under which id each person of a roster is to be known: the sender's, or one beside it where the board knows that id as another
 * human. Two systems may give out one number, and one system may give it out again years later; two people must not become one.
 *
 * An id that this system had before is taken to be who it was, unless name, birthday, ECK iD and address all say another. One that
 * comes from this system for the first time and stands in the roster of another must be the same by one of these.
 */
export function idsOfHumans<Known extends RosterPerson>(
  byId: ReadonlyMap<string, Known>,
  { schools, namedElsewhere, namedBefore }: Told,
): (person: RosterPerson) => string {
  const brins = schools.map(({ brin }) => brin).sort()
  const anyBeside = [...byId.keys()].some((id) => id.startsWith(BESIDE))
  return (person) => {
    const { sourceId } = person
    const beside = anyBeside ? brins.map((brin) => idBeside(brin, sourceId)).find((id) => byId.has(id)) : undefined
    if (beside) return beside
    const known = byId.get(sourceId)
    if (!known || brins.length === 0) return sourceId
    const isNewHere = namedElsewhere?.has(sourceId) === true && namedBefore?.has(sourceId) !== true
    const isOther = isNewHere ? !isSame(known, person) : isAnother(known, person)
    return isOther ? idBeside(brins[0]!, sourceId) : sourceId
  }
}

function isSame(known: RosterPerson, told: RosterPerson): boolean {
  if (known.eckId !== null && told.eckId !== null) return known.eckId === told.eckId
  if (known.email !== null && known.email === told.email) return true
  const namesake = nameKey(known.givenName, known.familyName) === nameKey(told.givenName, told.familyName)
  return namesake && (known.birthDate === null || told.birthDate === null || known.birthDate === told.birthDate)
}

function isAnother(known: RosterPerson, told: RosterPerson): boolean {
  if (known.givenName === told.givenName || known.familyName === told.familyName || told.silentOn?.includes('givenName')) return false
  if (known.birthDate === null || told.birthDate === null || known.birthDate === told.birthDate) return false
  return (known.eckId === null || known.eckId !== told.eckId) && (known.email === null || known.email !== told.email)
}
