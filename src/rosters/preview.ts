import { amsterdamDay } from '../clock.ts'
import type { Tx } from '../database.ts'
import type { BoardId, PersonId, SchoolId } from '../ids.ts'
import { birthdayOn } from '../people/age.ts'
import { othersFirst } from '../people/in-turns.ts'
import type { RosterBundle } from '../people/oneroster/bundle.ts'
import { schoolsOfBoard } from '../people/register.ts'
import type { RosterChanges } from '../people/roster/compare.ts'
import { muchEnds } from '../people/roster/ends-much.ts'
import { personsById } from '../people/store.ts'

/** The kinds of change somebody looks at before a roster takes effect. */
export const CHANGES = [
  'newPupils',
  'moved',
  'left',
  'guardiansGained',
  'guardiansLost',
  'authorityChanged',
  'newStaff',
  'leftStaff',
  'stillListed',
  'sixteenSoon',
  'eighteenSoon',
] as const
export type Change = (typeof CHANGES)[number]

/** One change of one person, as staff read it. Names: erased with the preview. */
export interface ChangeLine {
  name: string
  /** The pupil, of a guardian. */
  pupil?: string
  from?: string
  to?: string
  /** YYYY-MM-DD: the birthday. */
  day?: string
}

/** What a roster would change, counted whole and shown in part. */
export interface RosterPreview {
  persons: number
  /** Names, addresses and other details that differ. */
  personsChanged: number
  counts: Record<Change, number>
  lines: Partial<Record<Change, ChangeLine[]>>
  schools: { name: string; gone: number; of: number; isMuch: boolean }[]
  /** Whether so much ends that somebody has to say that it is meant. */
  endsMuch: boolean
  /** What stops with it, as far as the school may know: how many things shared by way of the school, about whom. */
  stops: { uses: number; lines: { name: string; uses: number }[] }
}

/** So many of each kind are shown; nobody reads more, and the counts are whole. */
const SHOWN = 200
/** A birthday is soon within these days. */
const SOON_DAYS = 42

/** What these changes come to, for the people who decide on them. */
export async function previewOf(
  tx: Tx,
  boardId: BoardId,
  at: Date,
  bundle: RosterBundle,
  changes: RosterChanges,
  stopping: readonly { subjectId: PersonId; uses: number }[],
): Promise<RosterPreview> {
  const schools = new Map((await schoolsOfBoard(tx, boardId)).map(({ schoolId, name }) => [schoolId, name]))
  const found = await linesOf(changes, bundle, schools, at)
  const shown = (list: readonly Found[]) => list.slice(0, SHOWN)
  const wanted = [
    ...Object.values(found)
      .flatMap(shown)
      .flatMap(({ who, pupil }) => [who, ...(pupil ? [pupil] : [])]),
    ...stopping.slice(0, SHOWN).map(({ subjectId }) => subjectId),
  ]
  const nameOf = await namesOf(tx, boardId, changes, wanted)
  const counts = Object.fromEntries(CHANGES.map((kind) => [kind, found[kind].length])) as Record<Change, number>
  const much = muchEnds(changes)
  return {
    persons: bundle.persons.length,
    personsChanged: changes.persons.changed.length,
    counts,
    lines: Object.fromEntries(
      CHANGES.filter((kind) => counts[kind] > 0).map((kind) => [
        kind,
        shown(found[kind]).map(({ who, pupil, ...line }) => ({ ...line, name: nameOf(who), ...(pupil && { pupil: nameOf(pupil) }) })),
      ]),
    ),
    schools: changes.endings.map(({ schoolId, gone, of }) => ({
      name: schools.get(schoolId) ?? '',
      gone,
      of,
      isMuch: much.some((one) => one.schoolId === schoolId),
    })),
    endsMuch: much.length > 0,
    stops: {
      uses: stopping.reduce((sum, { uses }) => sum + uses, 0),
      lines: stopping.slice(0, SHOWN).map(({ subjectId, uses }) => ({ name: nameOf(subjectId), uses })),
    },
  }
}

interface Found extends Omit<ChangeLine, 'name' | 'pupil'> {
  who: PersonId
  pupil?: PersonId
}

async function linesOf(
  changes: RosterChanges,
  bundle: RosterBundle,
  schools: ReadonlyMap<SchoolId, string>,
  at: Date,
): Promise<Record<Change, Found[]>> {
  const { enrolments, employments, guardianships } = changes
  const place = ({ schoolId, label }: { schoolId: SchoolId | null; label: string | null }) =>
    [schoolId && schools.get(schoolId), label].filter(Boolean).join(', ')
  const started = new Map(enrolments.started.map((tenure) => [tenure.personId, tenure]))
  const ended = new Map(enrolments.ended.map((tenure) => [tenure.personId, tenure]))
  const pair = ({ guardianId, pupilId }: { guardianId: PersonId; pupilId: PersonId }) => `${guardianId} ${pupilId}`
  const gained = new Map(guardianships.started.map((one) => [pair(one), one]))
  const lost = new Map(guardianships.ended.map((one) => [pair(one), one]))
  const find: Record<Change, () => Found[]> = {
    newPupils: () =>
      enrolments.started.filter(({ personId }) => !ended.has(personId)).map((now) => ({ who: now.personId, to: place(now) })),
    moved: () => [
      ...enrolments.started.flatMap((now) => {
        const before = ended.get(now.personId)
        return before ? [{ who: now.personId, from: place(before), to: place(now) }] : []
      }),
      ...enrolments.changed
        .filter(({ before, label }) => before.label !== label)
        .map(({ before, label }) => ({ who: before.personId, from: place(before), to: place({ ...before, label }) })),
    ],
    left: () =>
      enrolments.ended.filter(({ personId }) => !started.has(personId)).map((before) => ({ who: before.personId, from: place(before) })),
    guardiansGained: () =>
      guardianships.started.filter((one) => !lost.has(pair(one))).map((one) => ({ who: one.guardianId, pupil: one.pupilId })),
    guardiansLost: () =>
      guardianships.ended.filter((one) => !gained.has(pair(one))).map((one) => ({ who: one.guardianId, pupil: one.pupilId })),
    authorityChanged: () =>
      guardianships.ended.flatMap((before) => {
        const now = gained.get(pair(before))
        return now && now.authority !== before.authority
          ? [{ who: before.guardianId, pupil: before.pupilId, from: before.authority, to: now.authority }]
          : []
      }),
    newStaff: () => employments.started.map((now) => ({ who: now.personId, to: place({ ...now, label: null }) })),
    leftStaff: () => employments.ended.map((before) => ({ who: before.personId, from: place({ ...before, label: null }) })),
    stillListed: () =>
      [enrolments, employments].flatMap(({ stillListed }) => stillListed.map((left) => ({ who: left.personId, from: place(left) }))),
    sixteenSoon: () => birthdaysSoon(changes, bundle, 16, at),
    eighteenSoon: () => birthdaysSoon(changes, bundle, 18, at),
  }
  const found: [Change, Found[]][] = []
  for (const kind of CHANGES) {
    await othersFirst()
    found.push([kind, find[kind]()])
  }
  return Object.fromEntries(found) as Record<Change, Found[]>
}

/** At sixteen a pupil begins to decide, at eighteen the parents' view ends: the school had better know beforehand. */
function birthdaysSoon({ persons: { idOf } }: RosterChanges, { persons, enrolments }: RosterBundle, years: number, at: Date): Found[] {
  const [today, last] = [amsterdamDay(at), amsterdamDay(new Date(at.getTime() + SOON_DAYS * 86_400_000))]
  const year = [Number(today.slice(0, 4)) - years, Number(last.slice(0, 4)) - years]
  const pupils = new Set(enrolments.map(({ personSourceId }) => personSourceId))
  return persons
    .flatMap(({ sourceId, birthDate }) => {
      if (birthDate === null || !pupils.has(sourceId) || !year.includes(Number(birthDate.slice(0, 4)))) return []
      const day = birthdayOn(birthDate, years)
      const who = idOf.get(sourceId)
      return who && day >= today && day <= last ? [{ who, day }] : []
    })
    .toSorted((a, b) => (a.day < b.day ? -1 : 1))
}

/** New people are named by the roster, the others by what is known of them. */
async function namesOf(
  tx: Tx,
  boardId: BoardId,
  { persons }: RosterChanges,
  personIds: PersonId[],
): Promise<(personId: PersonId) => string> {
  const wanted = new Set(personIds)
  const told = new Map(
    [...persons.added, ...persons.changed]
      .filter(({ personId }) => wanted.has(personId))
      .map(({ personId, givenName, familyName }) => [personId, `${givenName} ${familyName}`]),
  )
  const known = await personsById(
    tx,
    boardId,
    personIds.filter((personId) => !told.has(personId)),
  )
  return (personId) => {
    const person = known.get(personId)
    return told.get(personId) ?? (person ? `${person.givenName} ${person.familyName}` : '')
  }
}
