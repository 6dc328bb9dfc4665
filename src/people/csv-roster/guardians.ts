import type { Detail, RosterGuardianship, RosterPerson } from '../oneroster/bundle.ts'
import { email, freeId, text } from '../oneroster/cells.ts'
import { nameKey, withInfix } from '../oneroster/names.ts'
import type { Row } from '../oneroster/table.ts'
import { type CsvField, type GuardianField, MOST_GUARDIANS } from './fields.ts'

const YES = ['ja', 'j', 'yes', 'y', 'waar', 'true', '1', 'x']
const NO = ['nee', 'n', 'no', 'onwaar', 'false', '0']
/** Who may have authority by what they are; of others the board's word does not reach that far. */
const PARENTS = ['vader', 'moeder', 'ouder', 'pa', 'ma', 'v', 'm', 'parent', 'father', 'mother']
const GUARDIANS = ['voogd', 'guardian', 'voogdes', 'verzorger', 'verzorgster', 'ouder/verzorger', 'ouderverzorger']

/**
 * The guardians in a row of a pupil. Without an id of its own a guardian is known by name and mail address, so that the
 * parents of two children are two people and not four; without an address by the name beside this pupil.
 */
export function guardiansIn(
  row: Row,
  pupilSourceId: string,
  has: (field: CsvField) => boolean,
  idOfGuardian: (key: string) => string,
): { guardian: RosterPerson; pair: RosterGuardianship }[] {
  return Array.from({ length: MOST_GUARDIANS }, (_, nr) => nr + 1).flatMap((nr) => {
    const field = (name: GuardianField) => `g${nr}.${name}` as const
    if (!has(field('family')) || row.get(field('family')) === '') return []
    const givenName = text(row, field('given'))
    const familyName = withInfix(text(row, field('infix')), text(row, field('family')))
    const address = email(row, field('email'))
    const id = freeId(row, field('id'))
    const key = `${nameKey(givenName, familyName)} ${address ?? pupilSourceId}`
    const sourceId = id === '' ? `csv:guardian:${idOfGuardian(key)}` : `csv:guardian:${id}`
    const guardian = {
      sourceId,
      givenName: givenName || '–',
      familyName,
      birthDate: null,
      email: address,
      phone: text(row, field('phone')) || null,
      eckId: null,
      silentOn: silentOn(nr, has),
    }
    const said = row.get(field('kind')).toLowerCase()
    const kind = GUARDIANS.includes(said) ? ('guardian' as const) : ('parent' as const)
    const presumed = said === '' || PARENTS.includes(said) || GUARDIANS.includes(said)
    const pair = {
      guardianSourceId: sourceId,
      pupilSourceId,
      kind,
      presumed,
      ...(has(field('authority')) && { authority: authorityIn(row, field('authority')) }),
    }
    return [{ guardian, pair }]
  })
}

function silentOn(nr: number, has: (field: CsvField) => boolean): Detail[] {
  const details: Detail[] = ['birthDate', 'eckId']
  if (!has(`g${nr}.email`)) details.push('email')
  if (!has(`g${nr}.phone`)) details.push('phone')
  return details
}

/** What a column says of authority; an empty cell says that nobody knows. */
function authorityIn(row: Row, field: string): 'yes' | 'no' | 'unknown' {
  const said = row.get(field).toLowerCase()
  if (YES.includes(said)) return 'yes'
  if (NO.includes(said)) return 'no'
  if (said !== '' && said !== 'onbekend' && said !== '?') row.wrong(field, 'does not say yes or no')
  return 'unknown'
}
