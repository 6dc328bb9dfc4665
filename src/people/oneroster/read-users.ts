import { ALL_DETAILS, type Detail, type RosterPerson } from './bundle.ts'
import { birthDay, bulkStatus, day, ECK_ID, email, freeId, list, oneOf, ownId, reference, required, text } from './cells.ts'
import { looksLikeBsn } from './elfproef.ts'
import type { Row, Table } from './table.ts'

export interface User {
  row: Row
  person: RosterPerson
  /** An inactive record counts as one that is not there: nothing stands on it. */
  isActive: boolean
  agents: string[]
}

const USER_ID = /^\{([^:{}]+):([^{}]*)\}$/

/** The users of a bundle by id. Names, address and ECK iD are taken; passwords, user names, sex and pronouns are not. */
export function readUsers(table: Table, silentOn?: readonly Detail[]): Map<string, User> {
  const users = new Map<string, User>()
  const eckIds = new Set<string>()
  for (const row of table.rows) {
    bulkStatus(row)
    const sourceId = ownId(row, users)
    for (const column of ['username', 'identifier', 'userMasterIdentifier']) freeId(row, column)
    const eckId = readEckId(row)
    if (eckId && eckIds.has(eckId)) row.wrong('userIds', 'holds an ECK iD that another user has')
    if (eckId) eckIds.add(eckId)
    // A row that stands as it was has no names: what is known of the person stays.
    const isKnown = row.line === 0
    const [givenName, familyName] = isKnown ? ['', ''] : [required(row, 'givenName'), required(row, 'familyName')]
    const silent = isKnown ? ALL_DETAILS : silentOn
    users.set(sourceId, {
      row,
      isActive: oneOf(row, 'enabledUser', ['true', 'false']) === 'true',
      agents: list(row, 'agentSourcedIds'),
      person: {
        sourceId,
        givenName: text(row, 'preferredGivenName') || givenName,
        familyName: text(row, 'preferredFamilyName') || familyName,
        birthDate: null,
        email: email(row, 'email'),
        phone: text(row, 'phone') || text(row, 'sms') || null,
        eckId,
        ...(silent && { silentOn: silent }),
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
    const birthDate = birthDay(row, 'birthDate', day(row, 'birthDate'), today)
    if (user) tellBirthDate(user.person, birthDate)
  }
}

/** Of who has no row any more, in a delta that says so. */
export function forgetBirthDates(ids: Iterable<string>, users: ReadonlyMap<string, User>): void {
  for (const id of ids) {
    const user = users.get(id)
    if (user) tellBirthDate(user.person, null)
  }
}

function tellBirthDate(person: RosterPerson, birthDate: string | null): void {
  person.birthDate = birthDate
  if (person.silentOn) person.silentOn = person.silentOn.filter((detail) => detail !== 'birthDate')
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
