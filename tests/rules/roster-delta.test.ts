import { createHash } from 'node:crypto'
import fc from 'fast-check'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { PersonActor } from '../../src/actors.ts'
import { type AccountId, type BoardId, newId } from '../../src/ids.ts'
import { createBoard } from '../../src/people/create-board.ts'
import type { RosterBundle, RosterFiles } from '../../src/people/oneroster/bundle.ts'
import { readBundle } from '../../src/people/oneroster/read-bundle.ts'
import { addLines } from '../../src/people/roster/content-hash.ts'
import { importFiles } from '../../src/people/take-in-roster.ts'
import { confirmRoster } from '../../src/rosters/confirm-roster.ts'
import { uploadRoster } from '../../src/rosters/upload-roster.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { bundleOf, regenboog, zipOf } from '../support/oneroster.ts'
import { deltaOf } from '../support/roster-delta.ts'
import { afterWork, inState } from '../support/roster-work.ts'

const TODAY = '2026-11-16'
type Rows = ReturnType<typeof regenboog>
type Named = { sourcedId: string } & Record<string, string>

const by = <Row extends { sourcedId: string }>(rows: readonly Row[], id: string): Row => rows.find(({ sourcedId }) => sourcedId === id)!

/** What a sender may do to its list in a day. */
const EDITS: Record<string, (rows: Rows) => unknown> = {
  'the mother has another name': ({ users }) => Object.assign(by(users as Named[], 'u-nadia'), { familyName: 'Bakker' }),
  'the father is gone': (rows) => {
    rows.users = rows.users.filter(({ sourcedId }) => sourcedId !== 'u-karim')
    rows.roles = rows.roles.filter(({ userSourcedId }) => userSourcedId !== 'u-karim')
    const fatima = by(rows.users as Named[], 'u-fatima')
    fatima.agentSourcedIds = fatima.agentSourcedIds!.replace(',u-karim', '')
  },
  'Ali is in group 6': ({ enrollments }) =>
    enrollments.push({
      sourcedId: 'e-9',
      classSourcedId: 'class-6',
      schoolSourcedId: 'org-1',
      userSourcedId: 'u-ali',
      role: 'student',
      primary: 'true',
    }),
  'group 6 is called 6a': ({ classes }) => Object.assign(by(classes as Named[], 'class-6'), { title: 'Groep 6a' }),
  'Fatima is in no group': (rows) => (rows.enrollments = rows.enrollments.filter(({ sourcedId }) => sourcedId !== 'e-1')),
  'Ali was born on another day': ({ demographics }) => Object.assign(by(demographics as Named[], 'u-ali'), { birthDate: '2014-05-03' }),
  'nobody knows when Ali was born': (rows) => (rows.demographics = rows.demographics.filter(({ sourcedId }) => sourcedId !== 'u-ali')),
  'Ali’s mother is no longer active': ({ users }) => Object.assign(by(users as Named[], 'u-elif'), { enabledUser: 'false' }),
  'Pim has left': (rows) => (rows.roles = rows.roles.filter(({ userSourcedId }) => userSourcedId !== 'u-pim')),
  'a pupil comes, with a father': (rows) => {
    const [pupil, father] = [by(rows.users as Named[], 'u-ali'), by(rows.users as Named[], 'u-nadia')]
    rows.users.push(
      { ...pupil, sourcedId: 'u-noor', username: 'u-noor', givenName: 'Noor', userIds: '', agentSourcedIds: 'u-tom' } as never,
      { ...father, sourcedId: 'u-tom', username: 'u-tom', givenName: 'Tom', email: 'tom@gezin.example' } as never,
    )
    rows.roles.push(
      { ...rows.roles[0]!, role: 'student', sourcedId: 'role-noor', userSourcedId: 'u-noor' },
      { ...rows.roles[0]!, role: 'parent', sourcedId: 'role-tom', userSourcedId: 'u-tom' },
    )
    rows.demographics.push({ sourcedId: 'u-noor', birthDate: '2018-01-01' } as never)
  },
}
const edited = (names: readonly string[]): Rows => {
  const rows = regenboog()
  for (const name of names) EDITS[name]!(rows)
  return rows
}

function read(files: RosterFiles, before?: Parameters<typeof readBundle>[2]): RosterBundle {
  const reading = readBundle(files, TODAY, before)
  if (!reading.ok) throw new Error(JSON.stringify(reading.errors))
  return reading.bundle
}
const baseOf = (files: RosterFiles) => [{ base: read(files).base!, hash: '', brins: ['99ZA'] }]
const sorted = (rows: readonly object[]) => rows.map((row) => JSON.stringify(row)).toSorted()
const whoIsWhere = ({ schools, enrolments, employments, guardianships, persons }: RosterBundle) => ({
  schools: schools.map(({ sourceId, brin }) => `${sourceId} ${brin}`).toSorted(),
  persons: persons.map(({ sourceId }) => sourceId).toSorted(),
  enrolments: sorted(enrolments),
  employments: sorted(employments),
  guardianships: sorted(guardianships),
})

describe('A delta of OneRoster', () => {
  test('comes to what the whole list would, whatever was changed', () => {
    const some = fc.subarray(Object.keys(EDITS))
    fc.assert(
      fc.property(some, some, (first, second) => {
        const [before, after] = [edited(first), edited(second)]
        fc.pre(JSON.stringify(before) !== JSON.stringify(after))
        const told = read(deltaOf(before, after), baseOf(bundleOf(before)))
        const whole = read(bundleOf(after))
        expect(whoIsWhere(told)).toEqual(whoIsWhere(whole))
        expect(told.base!.files).toMatchObject(
          Object.fromEntries(Object.entries(whole.base!.files).map(([file, rows]) => [file, expect.arrayContaining(rows)])),
        )
        for (const person of told.persons) {
          const is = whole.persons.find(({ sourceId }) => sourceId === person.sourceId)!
          for (const detail of ['givenName', 'familyName', 'birthDate', 'email', 'phone', 'eckId'] as const) {
            if (!person.silentOn?.includes(detail)) expect(person[detail], detail).toBe(is[detail])
          }
        }
      }),
      { numRuns: 300 },
    )
  })

  const delta = () => deltaOf(regenboog(), edited(['group 6 is called 6a']))
  const spoilt = (from: string, to: string) => {
    const files = delta()
    return files.set('classes.csv', Buffer.from(Buffer.from(files.get('classes.csv')!).toString().replace(from, to)))
  }
  const errorsOf = (files: RosterFiles, before = baseOf(bundleOf(regenboog()))) => {
    const reading = readBundle(files, TODAY, before)
    return reading.ok ? [] : reading.errors.map(({ file, line, column }) => ({ file, line, column }))
  }

  test.each([
    ['a status that is none', spoilt('active', 'gone'), { file: 'classes.csv', line: 2, column: 'status' }],
    ['no moment', spoilt('2026-11-16T09:00:00Z', ''), { file: 'classes.csv', line: 2, column: 'dateLastModified' }],
    ['a school that is not there', spoilt('org-1', 'org-7'), { file: 'classes.csv', line: 2, column: 'schoolSourcedId' }],
  ])('is refused by its place: %s', (_, files, expected) => {
    expect(errorsOf(files)).toContainEqual(expected)
  })

  test('is refused where no whole roster came before it, or a newer delta did', () => {
    const reading = readBundle(delta(), TODAY)
    expect(reading.ok ? [] : reading.errors.map(({ message }) => message)).toEqual(['is a delta; send the whole roster (bulk) first'])
    const [base] = baseOf(bundleOf(regenboog()))
    expect(errorsOf(delta(), [{ ...base!, base: { ...base!.base, modifiedTo: '2026-11-17T00:00:00.000Z' } }])).toEqual([
      { file: 'manifest.csv', line: 0, column: null },
    ])
  })
})

describe('At a board', () => {
  let broker: TestBroker
  let boardId: BoardId
  let admin: PersonActor
  beforeAll(async () => {
    broker = await freshBroker()
    const made = await createBoard(broker.deps, {
      name: 'De Waterlelie',
      oin: '00000099999999990001',
      schools: [{ name: 'De Regenboog', brin: '99ZA', sector: 'po' }],
      administrator: { givenName: 'Mirjam', familyName: 'Smit', email: 'mirjam@waterlelie.example' },
    })
    boardId = made.boardId
    admin = { accountId: newId<AccountId>(broker.clock.now()), boardId, personId: made.personId }
    await importFiles(broker.deps, { boardId, by: 'operator' }, { ok: true, files: bundleOf(regenboog()) })
  })
  beforeEach(() => broker.clock.pass({ minutes: 1 }))
  afterAll(() => broker.close())
  const names = async () =>
    (await broker.owner`select given_name || ' ' || family_name as name from persons where source_id is not null order by 1`).map(
      ({ name }) => name as string,
    )

  test('it is shown first, as a whole list is; then it takes effect, and the next delta goes on from there', async () => {
    const first = edited(['the mother has another name', 'Ali is in group 6'])
    const uploadId = await uploadRoster(broker.deps, admin, await zipOf(deltaOf(regenboog(), first)))
    const { preview, changesHash } = inState(await afterWork(broker, boardId, uploadId), 'waiting')
    expect(preview).toMatchObject({ personsChanged: 1, counts: { moved: 1, newPupils: 0, left: 0, guardiansLost: 0 } })
    expect(await names()).toContain('Nadia Amrani')
    await confirmRoster(broker.deps, admin, { uploadId, changesHash: changesHash.toString('hex'), endsMuch: false })
    inState(await afterWork(broker, boardId, uploadId), 'taken')
    expect(await names()).toContain('Nadia Bakker')
    expect(await names()).toContain('Fatima Amrani')

    const second = edited(['the mother has another name', 'Ali is in group 6', 'the father is gone'])
    await importFiles(
      broker.deps,
      { boardId, by: 'operator', endsMuch: true },
      { ok: true, files: deltaOf(first, second, '2026-11-16T10:00:00+01:00') },
    )
    const open = await broker.owner`
      select g.given_name from guardianships r join persons g on g.person_id = r.guardian_id where r.ends_at is null order by 1`
    expect(open.map(({ given_name }) => given_name as string)).toEqual(['Elif', 'Nadia'])
    expect(
      (await broker.owner`select group_name from enrolments where ends_at is null`).map(({ group_name }) => group_name as string),
    ).toEqual(['Groep 6', 'Groep 6'])
  })

  test('INV-16: what is kept for it has no names and no days of birth', async () => {
    const { inflateRawSync } = await import('node:zlib')
    const [row] = await broker.owner<{ content: Buffer }[]>`select content from roster_bases`
    const kept = inflateRawSync(row!.content).toString()
    expect(kept).toContain('u-fatima')
    expect(kept).not.toMatch(/Amrani|Fatima|Yildiz|2017-03-14|gezin\.example/)
  })

  /** The list of another system: its own ids, its own school, and the board's own office as well. */
  const elsewhere = (): Rows => {
    const rows = JSON.parse(
      JSON.stringify(regenboog())
        .replaceAll(/"(org-1|class-|e-|u-|role-|r-)/g, '"b-$1')
        .replaceAll(',u-', ',b-u-'),
    ) as Rows
    const school = rows.orgs.find(({ identifier }) => identifier === '99ZA')!
    Object.assign(school, { identifier: '99ZB', name: 'De Brug' })
    return rows
  }
  const openAt = async (brin: string) =>
    (
      await broker.owner`select p.given_name || ' ' || coalesce(e.group_name, '') as name from enrolments e join schools s using (board_id, school_id)
      join persons p using (board_id, person_id) where s.brin = ${brin} and e.ends_at is null order by 1`
    ).map(({ name }) => name as string)

  test('two student systems, each of its own schools: each delta is held against its own roster, and neither ends what the other says', async () => {
    const take = (files: RosterFiles) => importFiles(broker.deps, { boardId, by: 'operator', endsMuch: true }, { ok: true, files })
    await broker.owner`insert into schools (board_id, school_id, name, brin, sector) values (${boardId}, ${newId(broker.clock.now())}, 'De Brug', '99ZB', 'po')`
    const mine = regenboog()
    const pim = mine.roles.find(({ userSourcedId }) => userSourcedId === 'u-pim')!
    mine.roles.push({ ...pim, sourcedId: 'role-office', orgSourcedId: 'board-1' })
    await take(bundleOf(mine))
    const here = await openAt('99ZA')
    const office = async () =>
      (
        await broker.owner`select p.source_id from employments e join persons p using (board_id, person_id)
        where e.school_id is null and e.ends_at is null and p.source_id not like 'b-%' order by 1`
      ).map(({ source_id }) => source_id as string)
    const before = await office()
    expect(before.length).toBeGreaterThan(0)
    await take(bundleOf(elsewhere()))
    expect(await openAt('99ZA'), 'the other system ends nothing here').toEqual(here)
    expect((await openAt('99ZB')).length).toBe(here.length)
    expect(await office(), 'who works for the board by the first system').toEqual(before)
    expect(await broker.owner`select brins from roster_bases order by brins`).toEqual([{ brins: ['99ZA'] }, { brins: ['99ZB'] }])

    broker.clock.pass({ minutes: 1 })
    await take(deltaOf(regenboog(), edited(['group 6 is called 6a']), '2026-11-17T09:00:00Z'))
    const there = elsewhere()
    there.enrollments = there.enrollments.slice(1)
    await take(deltaOf(elsewhere(), there, '2026-11-17T09:00:00Z'))
    expect((await openAt('99ZA')).some((name) => name.endsWith('6a'))).toBe(true)
    expect(
      (await openAt('99ZB')).some((name) => name.endsWith('6a')),
      'the other school keeps its own names',
    ).toBe(false)
    expect(await broker.owner`select count(*)::int as count from roster_bases`).toEqual([{ count: 2 }])

    const stranger = JSON.parse(
      JSON.stringify(edited(['group 6 is called 6a'])).replaceAll(/"(org-1|class-|e-|u-|role-|r-)/g, '"c-$1'),
    ) as Rows
    const nobodys = JSON.parse(JSON.stringify(regenboog()).replaceAll(/"(org-1|class-|e-|u-|role-|r-)/g, '"c-$1')) as Rows
    const refused = await take(deltaOf(nobodys, stranger, '2026-11-18T09:00:00Z')).catch((error: { details: unknown }) => error.details)
    expect(JSON.stringify(refused)).toContain('it is not clear of which roster before it')
  })

  describe('An id is given out twice', () => {
    let ours: BoardId
    const take = (rows: Rows) =>
      importFiles(broker.deps, { boardId: ours, by: 'operator', endsMuch: true }, { ok: true, files: bundleOf(rows) })
    /** A roster of the school with this BRIN, in which the id of Fatima is of this pupil. */
    const rosterOf = (brin: string, pupil?: { givenName: string; familyName?: string; born: string }) => {
      const rows = regenboog()
      rows.orgs = rows.orgs.map((org) => (org.identifier === '99ZA' ? { ...org, identifier: brin } : org))
      if (!pupil) return rows
      const { born, ...name } = pupil
      rows.users = rows.users.map((user) => (user.sourcedId === 'u-fatima' ? { ...user, ...name, userIds: '', agentSourcedIds: '' } : user))
      rows.demographics = rows.demographics.map((row) => (row.sourcedId === 'u-fatima' ? { ...row, birthDate: born } : row))
      return rows
    }
    const enrolled = async () =>
      (
        await broker.owner`
          select p.given_name, p.birth_date::text as born, s.brin from persons p
          join enrolments e using (board_id, person_id) join schools s using (board_id, school_id)
          where e.ends_at is null and p.board_id = ${ours} and p.family_name in ('Amrani', 'Visser') order by s.brin, 1`
      ).map((row) => Object.values(row).join(' '))
    const persons = async () =>
      (await broker.owner`select count(*)::int as count from persons where board_id = ${ours}`)[0]!.count as number
    let nr = 4
    beforeEach(async () => {
      const brins = { 4: ['99QA', '99PA'], 5: ['99QC', '99PC'] }[nr] ?? ['99QB', '99PB']
      const schools = brins.map((brin) => ({ name: brin, brin, sector: 'po' as const }))
      const administrator = { givenName: 'Mirjam', familyName: 'Smit', email: 'mirjam@elders.example' }
      ours = (await createBoard(broker.deps, { name: 'Elders', oin: `0000009999999999000${nr++}`, schools, administrator })).boardId
    })

    test('by two student systems: two people stay two, whoever sends next, and the same human is one', async () => {
      await take(rosterOf('99QA'))
      const before = await persons()
      const farida = { givenName: 'Farida', born: '2016-06-06' }
      await take(rosterOf('99PA', farida))
      const both = ['Farida 2016-06-06 99PA', 'Fatima 2017-03-14 99QA']
      expect(await enrolled()).toEqual(both)
      expect(await persons(), 'all others are the same humans').toBe(before + 1)
      for (const rows of [rosterOf('99QA'), rosterOf('99PA', farida), rosterOf('99PA', { ...farida, givenName: 'Faridah' })]) {
        broker.clock.pass({ minutes: 1 })
        await take(rows)
        expect(await persons()).toBe(before + 1)
      }
      expect(await enrolled()).toEqual(['Faridah 2016-06-06 99PA', both[1]])
    })

    test('by two systems, of which one tells so in a change: it is held against its own roster, or asked for whole where both name their school alike', async () => {
      const change = (before: Rows, after: Rows) =>
        importFiles(
          broker.deps,
          { boardId: ours, by: 'operator', endsMuch: true },
          { ok: true, files: deltaOf(before, after, '2026-11-18T09:00:00Z') },
        )
      const farida = { givenName: 'Farida', born: '2016-06-06' }
      const ofPupil = ({ sourcedId = '', userSourcedId = sourcedId }: Partial<Record<string, string>>) => userSourcedId === 'u-fatima'
      const without = (rows: Rows): Rows => ({
        ...rows,
        users: rows.users.filter((row) => !ofPupil(row)),
        roles: rows.roles.filter((row) => !ofPupil(row)),
        enrollments: rows.enrollments.filter((row) => !ofPupil(row)),
        demographics: rows.demographics.filter((row) => !ofPupil(row)),
      })
      const schoolsOfTheirOwn = (rows: Rows) => JSON.parse(JSON.stringify(rows).replaceAll(/"(org-1|class-)/g, '"b-$1')) as Rows
      await take(rosterOf('99QC'))
      const before = await persons()
      const there = schoolsOfTheirOwn(rosterOf('99PC', farida))
      await take(without(there))
      await change(without(there), there)
      expect(await enrolled()).toEqual(['Farida 2016-06-06 99PC', 'Fatima 2017-03-14 99QC'])
      expect(await persons()).toBe(before + 1)

      const alike = rosterOf('99PC', farida)
      await take(without(alike))
      await expect(change(without(alike), alike)).rejects.toMatchObject({
        details: { errors: [{ message: expect.stringContaining('it is not clear of which roster before it') }] },
      })
      expect(await enrolled(), 'and nothing changed').toEqual(['Fatima 2017-03-14 99QC'])
    })

    test('by one system, years later: who had it before stays who they were', async () => {
      await take(rosterOf('99QB'))
      await take(rosterOf('99QB', { givenName: 'Bram', familyName: 'Visser', born: '2019-01-31' }))
      expect(await enrolled()).toEqual(['Bram 2019-01-31 99QB'])
      const had = await broker.owner`select given_name from persons where board_id = ${ours} and source_id = 'u-fatima'`
      expect(had).toEqual([{ given_name: 'Fatima' }])
    })
  })
})

test('of very many rows others go first now and then: a hash of 10,000 lines lets five of them by', async () => {
  let turns = 0
  let isOver = false
  const another = () => {
    turns += 1
    if (!isOver) setImmediate(another)
  }
  setImmediate(another)
  await addLines(
    createHash('sha256'),
    'rows',
    Array.from({ length: 10_000 }, (_, nr) => [nr]),
  )
  isOver = true
  expect(turns).toBeGreaterThanOrEqual(5)
})
