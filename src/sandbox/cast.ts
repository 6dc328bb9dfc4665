import { createHash } from 'node:crypto'
import { amsterdamDay } from '../clock.ts'
import type { RosterBundle, RosterPerson } from '../people/oneroster/bundle.ts'

/** What the parents of a fictional pupil do when they are asked something. */
export const RULES = ['yes', 'no', 'conflict', 'slow', 'stops'] as const
export type Rule = (typeof RULES)[number]

/** How long slow parents take, and how long those who stop let it go on. */
export const SLOW_MINUTES = 3

/** Their names say what they do, in the language of the schools. */
const PUPILS: Record<Rule, { givenName: string; familyName: string; parents: string[] }> = {
  yes: { givenName: 'Jada', familyName: 'Altijd-Ja', parents: ['Johan'] },
  no: { givenName: 'Nina', familyName: 'Altijd-Nee', parents: ['Nico'] },
  conflict: { givenName: 'Coen', familyName: 'Oneens', parents: ['Carla', 'Cas'] },
  slow: { givenName: 'Lotte', familyName: 'Langzaam', parents: ['Lex'] },
  stops: { givenName: 'Sam', familyName: 'Stopt-Later', parents: ['Sofie'] },
}

export const STAFF_SOURCE = 'sandbox:staff'
export const pupilSource = (rule: Rule) => `sandbox:pupil:${rule}`
const parentSource = (rule: Rule, nr: number) => `sandbox:parent:${rule}:${nr}`

/** Which rule a parent lives by, and their number among the pupil's parents, from 0. */
export function ruleOfParent(sourceId: string | null): { rule: Rule; nr: number } | undefined {
  const [, rule, nr] = /^sandbox:parent:([a-z]+):(\d)$/.exec(sourceId ?? '') ?? []
  const known = RULES.find((one) => one === rule)
  return known && { rule: known, nr: Number(nr) }
}

/** The people of a sandbox as a roster: nobody has an address, so nobody can be mailed or sign in. */
export function castAsRoster(boardId: string, brin: string, at: Date): RosterBundle {
  const school = { sourceId: 'sandbox:school', brin, line: 1 }
  const today = amsterdamDay(at)
  const person = (sourceId: string, givenName: string, familyName: string, more: Partial<RosterPerson> = {}): RosterPerson => ({
    sourceId,
    givenName,
    familyName,
    birthDate: null,
    email: null,
    phone: null,
    eckId: null,
    ...more,
  })
  const pupils = RULES.map((rule) => {
    const eckId = `https://ketenid.nl/pilot/${createHash('sha512').update(`${boardId} ${rule}`).digest('hex')}`
    const { givenName, familyName } = PUPILS[rule]
    return person(pupilSource(rule), givenName, familyName, { eckId, birthDate: `${Number(today.slice(0, 4)) - 9}-03-14` })
  })
  const parents = RULES.flatMap((rule) =>
    PUPILS[rule].parents.map((givenName, nr) => ({ rule, parent: person(parentSource(rule, nr), givenName, PUPILS[rule].familyName) })),
  )
  return {
    schools: [school],
    persons: [...pupils, ...parents.map(({ parent }) => parent), person(STAFF_SOURCE, 'Bo', 'Oefenschool')],
    enrolments: pupils.map(({ sourceId }) => ({
      personSourceId: sourceId,
      schoolSourceId: school.sourceId,
      groupName: 'Groep 6',
      firstDay: null,
      lastDay: null,
    })),
    employments: [{ personSourceId: STAFF_SOURCE, schoolSourceId: school.sourceId, jobTitle: 'directeur', firstDay: null, lastDay: null }],
    guardianships: parents.map(({ rule, parent }) => ({
      guardianSourceId: parent.sourceId,
      pupilSourceId: pupilSource(rule),
      kind: 'parent',
      presumed: true,
    })),
    coversBoard: false,
    tells: { enrolments: true, employments: true, guardianships: true },
    knowsByName: false,
  }
}
