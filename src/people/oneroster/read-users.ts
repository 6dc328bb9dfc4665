import type { RosterPerson } from './bundle.ts'
import { bulkStatus, day, freeId, list, oneOf, ownId, reference, required, text } from './cells.ts'
import { looksLikeBsn } from './elfproef.ts'
import type { Row, Table } from './table.ts'

export interface User {
  row: Row
  person: RosterPerson
  /** An inactive record counts as one that is not there: nothing stands on it. */
  isActive: boolean
  agents: string[]
}

const EMAIL = /^[^\s@<>",;]+@[^\s@<>",;]+\.[^\s@<>",;]+$/
const ECK_ID = /^https:\/\/ketenid\.nl\/(201703|pilot)\/[0-9a-f]{128}$/
const USER_ID = /^\{([^:{}]+):([^{}]*)\}$/
const EARLIEST_BIRTH = '1900-01-01'

/** The users of a bundle by id. Names, address and ECK iD are taken; passwords, user names, sex and pronouns are not. */
export function readUsers(table: Table): Map<string, User> {
  const users = new Map<string, User>()
  const eckIds = new Set<string>()
  for (const row of table.rows) {
    bulkStatus(row)
    const sourceId = ownId(row, users)
    for (const column of ['username', 'identifier', 'userMasterIdentifier']) freeId(row, column)
    const eckId = readEckId(row)
    if (eckId && eckIds.has(eckId)) row.wrong('userIds', 'holds an ECK iD that another user has')
    if (eckId) eckIds.add(eckId)
    const [givenName, familyName] = [required(row, 'givenName'), required(row, 'familyName')]
    users.set(sourceId, {
      row,
      isActive: oneOf(row, 'enabledUser', ['true', 'false']) === 'true',
      agents: list(row, 'agentSourcedIds'),
      person: {
        sourceId,
        givenName: text(row, 'preferredGivenName') || givenName,
        familyName: text(row, 'preferredFamilyName') || familyName,
        birthDate: null,
        email: readEmail(row),
        phone: text(row, 'phone') || text(row, 'sms') || null,
        eckId,
      },
    })
  }
  return users
}

/** Puts the days of birth to the users. Race, ethnicity, sex and place of birth are not looked at. */
export function readBirthDates(table: Table, users: ReadonlyMap<string, User>, today: string): void {
  const seen = new Set<string>()
  for (const row of table.rows) {
    bulkStatus(row)
    seen.add(ownId(row, seen))
    const user = users.get(reference(row, 'sourcedId', users, 'users.csv', true))
    const birthDate = day(row, 'birthDate')
    if (birthDate && (birthDate > today || birthDate < EARLIEST_BIRTH)) row.wrong('birthDate', 'is not a day somebody living was born')
    if (user) user.person.birthDate = birthDate
  }
}

function readEmail(row: Row): string | null {
  const email = text(row, 'email').toLowerCase()
  if (email === '') return null
  if (!EMAIL.test(email)) row.wrong('email', 'is not an e-mail address')
  return email
}

function readEckId(row: Row): string | null {
  let eckId: string | null = null
  for (const entry of list(row, 'userIds')) {
    const [, type, id] = USER_ID.exec(entry) ?? []
    if (type === undefined || id === undefined) row.wrong('userIds', 'is not written as {Type:Id}')
    else if (/^(bsn|burgerservicenummer|pgn|persoonsgebondennummer)$/i.test(type.trim()) || looksLikeBsn(id.trim())) {
      row.wrong('userIds', 'looks like a BSN, which may not be sent')
    } else if (/^eck[ -]?id$/i.test(type.trim())) {
      if (!ECK_ID.test(id.trim())) row.wrong('userIds', 'holds an ECK iD that is not well formed')
      eckId = id.trim()
    }
  }
  return eckId
}
