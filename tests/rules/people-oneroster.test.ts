import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { atOnce } from '../../src/people/in-turns.ts'
import type { RosterBundle, RosterError, RosterFiles } from '../../src/people/oneroster/bundle.ts'
import { looksLikeBsn } from '../../src/people/oneroster/elfproef.ts'
import { withoutNeverKept } from '../../src/people/oneroster/never-kept.ts'
import { readBundle } from '../../src/people/oneroster/read-bundle.ts'
import { readFolderOrZip } from '../../src/people/oneroster/read-folder.ts'
import { readZip } from '../../src/people/oneroster/read-zip.ts'
import { complaints, errorCount } from '../../src/people/oneroster/table.ts'
import { bundleOf, csv, eckIdOf, type Rows, regenboog, zipOf } from '../support/oneroster.ts'

const TODAY = '2026-11-16'

const TELLS = { enrolments: true, employments: true, guardianships: true }

/** Whatever is read, right or wrong: emptied of what is never kept it tells the same, by file, line and column. */
function read(files: RosterFiles) {
  const reading = readBundle(files, TODAY)
  expect(readBundle(atOnce(withoutNeverKept(files)), TODAY)).toEqual(reading)
  return reading
}

function taken(files: RosterFiles): RosterBundle {
  const reading = read(files)
  if (!reading.ok) throw new Error(JSON.stringify(reading.errors))
  const { base: _, ...bundle } = reading.bundle
  return bundle
}

function errorsOf(files: RosterFiles): RosterError[] {
  const reading = read(files)
  return reading.ok ? [] : reading.errors
}

/** In 1.1 a user has one role, and in its own file. */
function regenboogAs(version: '1.1' | '1.2' | '1.2.1'): Rows {
  const { roles, ...rows } = regenboog()
  if (version !== '1.1') return { ...rows, roles, version }
  const role = new Map(roles.map((row) => [row.userSourcedId, row.role]))
  return { ...rows, users: rows.users.map((row) => ({ ...row, role: role.get(row.sourcedId!)!, orgSourcedIds: 'org-1' })), version }
}

describe('A OneRoster bundle', () => {
  test('gives persons, enrolments with their group, employments and guardians', () => {
    expect(taken(bundleOf(regenboog()))).toEqual({
      coversBoard: true,
      tells: TELLS,
      knowsByName: false,
      namedElsewhere: new Set(),
      schools: [{ sourceId: 'org-1', brin: '99ZA', line: 3 }],
      persons: [
        {
          sourceId: 'u-fatima',
          givenName: 'Fatima',
          familyName: 'Amrani',
          birthDate: '2017-03-14',
          email: null,
          phone: null,
          eckId: eckIdOf('fatima'),
        },
        {
          sourceId: 'u-nadia',
          givenName: 'Nadia',
          familyName: 'Amrani',
          birthDate: null,
          email: 'nadia@gezin.example',
          phone: '0612345678',
          eckId: null,
        },
        {
          sourceId: 'u-karim',
          givenName: 'Karim',
          familyName: 'Amrani',
          birthDate: null,
          email: 'karim@gezin.example',
          phone: null,
          eckId: null,
        },
        {
          sourceId: 'u-ali',
          givenName: 'Ali',
          familyName: 'Yildiz',
          birthDate: '2014-05-02',
          email: null,
          phone: null,
          eckId: eckIdOf('ali'),
        },
        {
          sourceId: 'u-elif',
          givenName: 'Elif',
          familyName: 'Yildiz',
          birthDate: null,
          email: 'elif@gezin.example',
          phone: null,
          eckId: null,
        },
        {
          sourceId: 'u-pim',
          givenName: 'Pim',
          familyName: 'de Wit',
          birthDate: null,
          email: 'pim@waterlelie.example',
          phone: null,
          eckId: null,
        },
      ],
      enrolments: [
        { personSourceId: 'u-fatima', schoolSourceId: 'org-1', groupName: 'Groep 6', firstDay: null, lastDay: null },
        { personSourceId: 'u-ali', schoolSourceId: 'org-1', groupName: null, firstDay: null, lastDay: null },
      ],
      employments: [{ personSourceId: 'u-pim', schoolSourceId: 'org-1', jobTitle: 'teacher', firstDay: null, lastDay: null }],
      guardianships: [
        { guardianSourceId: 'u-nadia', pupilSourceId: 'u-fatima', kind: 'parent', presumed: true },
        { guardianSourceId: 'u-karim', pupilSourceId: 'u-fatima', kind: 'parent', presumed: true },
        { guardianSourceId: 'u-elif', pupilSourceId: 'u-ali', kind: 'guardian', presumed: true },
      ],
    })
  })

  test('never gives a password, race, sex, country of birth or user name', () => {
    const rows = regenboog()
    rows.demographics[0]!.asian = 'geheim-ras'
    rows.users[0]!.username = 'geheime-naam'
    rows.users[0]!.pronouns = 'geheim-voornaamwoord'
    expect(JSON.stringify(taken(bundleOf(rows)))).not.toMatch(/geheim|female|"NL"/)
  })

  test('is kept without them: in their columns, in files that are not read, and in columns that OneRoster does not know', () => {
    const rows = regenboog()
    Object.assign(rows.demographics[0]!, { asian: 'geheim-ras', sex: 'geheim', cityOfBirth: 'geheim' })
    Object.assign(rows.users[0]!, { password: 'geheim "\n,geheim', 'metadata.nationality': 'geheim' })
    const files = bundleOf({ ...rows, manifest: { 'file.userProfiles': 'bulk' } })
    files.set('userProfiles.csv', Buffer.from('sourcedId,password\r\np-1,geheim\r\n'))
    const kept = atOnce(withoutNeverKept(files))
    expect([...kept.keys()]).toEqual([...files.keys()])
    expect(Buffer.concat([...files.values()]).toString()).toContain('geheim-ras')
    expect(Buffer.concat([...kept.values()]).toString()).not.toContain('geheim')
    expect(readBundle(kept, TODAY)).toEqual(readBundle(files, TODAY))
  })

  test.each(['1.1', '1.2', '1.2.1'] as const)('of version %s is taken', (version) => {
    const bundle = taken(bundleOf(regenboogAs(version)))
    expect(bundle.enrolments).toHaveLength(2)
    expect(bundle.guardianships).toHaveLength(3)
    expect(bundle.employments).toHaveLength(1)
  })

  test('1.2 may have resourceSourcedIds, extensions and no passwords; files that nobody needs are not opened', () => {
    const files = bundleOf({ ...regenboog(), version: '1.2', manifest: { 'file.userProfiles': 'bulk', 'source.systemName': 'LAS' } })
    files.set('userProfiles.csv', Buffer.from([0xff, 0xfe]))
    const [header, ...lines] = Buffer.from(files.get('users.csv')!).toString().split('\r\n')
    const without = (line: string) => line.replace(/,geheim,/, ',')
    files.set(
      'users.csv',
      Buffer.from(
        [
          `${header!.replace(',password', '')},resourceSourcedIds,metadata.jaar`,
          ...lines.filter(Boolean).map((line) => `${without(line)},,2026`),
        ].join('\n'),
      ),
    )
    expect(taken(files).persons).toHaveLength(6)
  })

  test('with a byte order mark, quoted names over lines and rows in another order is the same', () => {
    const rows = regenboog()
    rows.users[0]!.familyName = 'Amrani, "el\u00e9gant"'
    const files = bundleOf(rows)
    files.set('users.csv', Buffer.concat([Buffer.from('\ufeff'), files.get('users.csv')!]))
    expect(taken(files).persons[0]!.familyName).toBe('Amrani, "elégant"')
  })

  test('links guardians whichever side names them, once when both do', () => {
    const rows = regenboog()
    rows.users[1]!.agentSourcedIds = 'u-fatima'
    rows.users[3]!.agentSourcedIds = 'u-elif'
    expect(taken(bundleOf(rows)).guardianships).toHaveLength(3)
  })

  test('a relative, or a teacher named as agent, is a guardian without presumption', () => {
    const rows = regenboog()
    rows.roles[1]!.role = 'relative'
    rows.users[3]!.agentSourcedIds = 'u-pim'
    const bundle = taken(bundleOf(rows))
    expect(bundle.guardianships.filter(({ presumed }) => !presumed)).toEqual([
      { guardianSourceId: 'u-nadia', pupilSourceId: 'u-fatima', kind: 'guardian', presumed: false },
      { guardianSourceId: 'u-pim', pupilSourceId: 'u-ali', kind: 'guardian', presumed: false },
    ])
  })

  test('an inactive record stands for nothing', () => {
    const rows = regenboog()
    rows.users[0]!.enabledUser = 'false'
    rows.users[5]!.enabledUser = 'false'
    const bundle = taken(bundleOf(rows))
    expect(bundle.persons).toHaveLength(6)
    expect(bundle.enrolments.map(({ personSourceId }) => personSourceId)).toEqual(['u-ali'])
    expect(bundle.employments).toEqual([])
    expect(bundle.guardianships).toHaveLength(1)
  })

  test('an ended role is no tenure; several at one school are one stretch, of the primary one', () => {
    const rows = regenboog()
    rows.roles[3]!.endDate = '2026-11-15'
    rows.roles[5]!.endDate = '2026-11-16'
    rows.roles[5]!.roleType = 'secondary'
    rows.roles.push({
      ...rows.roles[5]!,
      sourcedId: 'r-2',
      role: 'principal',
      roleType: 'primary',
      endDate: '2027-07-31',
      beginDate: '2026-08-01',
    })
    const bundle = taken(bundleOf(rows))
    expect(bundle.enrolments.map(({ personSourceId }) => personSourceId)).toEqual(['u-fatima'])
    expect(bundle.employments).toEqual([
      { personSourceId: 'u-pim', schoolSourceId: 'org-1', jobTitle: 'principal', firstDay: null, lastDay: '2027-07-31' },
    ])
  })

  test('the order of the rows does not matter', () => {
    const rows = regenboog()
    const sorted = (bundle: RosterBundle) =>
      [bundle.schools, bundle.persons, bundle.enrolments, bundle.employments, bundle.guardianships].map((list: object[]) =>
        list.map((entry) => JSON.stringify({ ...entry, line: 0 })).toSorted(),
      )
    const whole = sorted(taken(bundleOf(rows)))
    const shuffled = fc.record({
      orgs: fc.shuffledSubarray(rows.orgs, { minLength: rows.orgs.length }),
      users: fc.shuffledSubarray(rows.users, { minLength: rows.users.length }),
      roles: fc.shuffledSubarray(rows.roles, { minLength: rows.roles.length }),
      classes: fc.shuffledSubarray(rows.classes, { minLength: rows.classes.length }),
      enrollments: fc.shuffledSubarray(rows.enrollments, { minLength: rows.enrollments.length }),
      demographics: fc.shuffledSubarray(rows.demographics, { minLength: rows.demographics.length }),
    })
    fc.assert(
      fc.property(shuffled, (other) => {
        expect(sorted(taken(bundleOf(other)))).toEqual(whole)
      }),
      { numRuns: 40 },
    )
  })
})

describe('A wrong bundle is refused with everything that is wrong', () => {
  type Break = (rows: Rows & ReturnType<typeof regenboog>) => unknown
  test.each<[string, Break, Partial<RosterError>]>([
    ['an id twice', (r) => (r.users[1]!.sourcedId = 'u-fatima'), { file: 'users.csv', line: 3, column: 'sourcedId' }],
    ['no name', (r) => (r.users[1]!.givenName = ''), { file: 'users.csv', line: 3, column: 'givenName' }],
    ['a name that turns the line', (r) => (r.users[0]!.givenName = 'Fa\u202etima'), { file: 'users.csv', line: 2, column: 'givenName' }],
    ['a status of a delta', (r) => (r.users[0]!.status = 'tobedeleted'), { file: 'users.csv', line: 2, column: 'status' }],
    ['enabledUser that is no boolean', (r) => (r.users[0]!.enabledUser = 'ja'), { file: 'users.csv', line: 2, column: 'enabledUser' }],
    ['an address that is none', (r) => (r.users[1]!.email = 'nadia'), { file: 'users.csv', line: 3, column: 'email' }],
    ['an ECK iD that is none', (r) => (r.users[0]!.userIds = '{eckid:123}'), { file: 'users.csv', line: 2, column: 'userIds' }],
    ['an ECK iD of two', (r) => (r.users[3]!.userIds = r.users[0]!.userIds!), { file: 'users.csv', line: 5, column: 'userIds' }],
    ['userIds without braces', (r) => (r.users[0]!.userIds = 'eckid'), { file: 'users.csv', line: 2, column: 'userIds' }],
    ['an agent who is not there', (r) => (r.users[0]!.agentSourcedIds = 'u-x'), { file: 'users.csv', line: 2, column: 'agentSourcedIds' }],
    [
      'an agent who is oneself',
      (r) => (r.users[0]!.agentSourcedIds = 'u-fatima'),
      { file: 'users.csv', line: 2, column: 'agentSourcedIds' },
    ],
    ['two pupils as agents', (r) => (r.users[0]!.agentSourcedIds = 'u-ali'), { file: 'users.csv', line: 2, column: 'agentSourcedIds' }],
    [
      'two grown-ups as agents',
      (r) => (r.users[1]!.agentSourcedIds = 'u-karim'),
      { file: 'users.csv', line: 3, column: 'agentSourcedIds' },
    ],
    ['a role nobody knows', (r) => (r.roles[0]!.role = 'leerling'), { file: 'roles.csv', line: 2, column: 'role' }],
    ['a role of nobody', (r) => (r.roles[0]!.userSourcedId = 'u-x'), { file: 'roles.csv', line: 2, column: 'userSourcedId' }],
    ['a role nowhere', (r) => (r.roles[0]!.orgSourcedId = 'org-x'), { file: 'roles.csv', line: 2, column: 'orgSourcedId' }],
    ['a pupil of no school', (r) => (r.roles[0]!.orgSourcedId = 'board-1'), { file: 'roles.csv', line: 2, column: 'orgSourcedId' }],
    ['a day that is none', (r) => (r.roles[0]!.beginDate = '2026-02-30'), { file: 'roles.csv', line: 2, column: 'beginDate' }],
    [
      'an end before the begin',
      (r) => Object.assign(r.roles[0]!, { beginDate: '2026-08-01', endDate: '2026-07-01' }),
      { file: 'roles.csv', line: 2, column: 'endDate' },
    ],
    ['a school without BRIN', (r) => (r.orgs[1]!.identifier = ''), { file: 'orgs.csv', line: 3, column: 'identifier' }],
    [
      'a parent organisation that is not there',
      (r) => (r.orgs[1]!.parentSourcedId = 'x'),
      { file: 'orgs.csv', line: 3, column: 'parentSourcedId' },
    ],
    ['a kind of organisation nobody knows', (r) => (r.orgs[1]!.type = 'bestuur'), { file: 'orgs.csv', line: 3, column: 'type' }],
    ['a class of no school', (r) => (r.classes[0]!.schoolSourcedId = 'x'), { file: 'classes.csv', line: 2, column: 'schoolSourcedId' }],
    [
      'an enrolment in no class',
      (r) => (r.enrollments[0]!.classSourcedId = 'x'),
      { file: 'enrollments.csv', line: 2, column: 'classSourcedId' },
    ],
    [
      'a birthday tomorrow',
      (r) => (r.demographics[0]!.birthDate = '2026-11-17'),
      { file: 'demographics.csv', line: 2, column: 'birthDate' },
    ],
    ['a birthday of nobody', (r) => (r.demographics[0]!.sourcedId = 'x'), { file: 'demographics.csv', line: 2, column: 'sourcedId' }],
    [
      'a session that is not there',
      (r) => Object.assign(r, { academicSessions: [] }) && (r.classes[0]!.termSourcedIds = 't-1'),
      { file: 'classes.csv', line: 2, column: 'termSourcedIds' },
    ],
    ['a manifest of another kind', (r) => (r.manifest = { 'oneroster.version': '2.0' }), { file: 'manifest.csv', column: 'value' }],
    ['a delta', (r) => (r.manifest = { 'file.users': 'delta' }), { file: 'manifest.csv', column: 'value' }],
    ['a file too few', (r) => (r.manifest = { 'file.courses': 'bulk' }), { file: 'courses.csv', line: 0 }],
    ['a file too many', (r) => (r.manifest = { 'file.classes': 'absent' }), { file: 'classes.csv', line: 0 }],
  ])('%s', (_, spoil, expected) => {
    const rows: Rows & ReturnType<typeof regenboog> = regenboog()
    spoil(rows)
    const errors = errorsOf(bundleOf(rows))
    expect(errors).toContainEqual(expect.objectContaining(expected))
    // It says where, never what stood there.
    expect(JSON.stringify(errors)).not.toMatch(/Amrani|gezin|u-x|org-x|leerling|123/)
  })

  test.each(['sourcedId', 'username', 'identifier', 'userMasterIdentifier', 'userIds'])('a BSN in %s', (column) => {
    const rows = regenboog()
    rows.users[5]![column] = column === 'userIds' ? '{nummer:111222333}' : '111222333'
    expect(errorsOf(bundleOf(rows))).toContainEqual({
      file: 'users.csv',
      line: 7,
      column,
      message: 'looks like a BSN, which may not be sent',
    })
  })

  test('all at once, over all files', () => {
    const rows = regenboog()
    rows.users[0]!.givenName = ''
    rows.users[2]!.email = '@'
    rows.roles[2]!.role = 'x'
    rows.demographics[1]!.birthDate = 'x'
    rows.orgs[0]!.name = ''
    expect(
      errorsOf(bundleOf(rows))
        .map(({ file, line, column }) => `${file}:${line}:${column}`)
        .toSorted(),
    ).toEqual(['demographics.csv:3:birthDate', 'orgs.csv:2:name', 'roles.csv:4:role', 'users.csv:2:givenName', 'users.csv:4:email'])
  })

  test('headers: a column missing, unknown or twice', () => {
    const files = bundleOf(regenboog())
    const header = (from: string, to: string) =>
      files.set('orgs.csv', Buffer.from(Buffer.from(bundleOf(regenboog()).get('orgs.csv')!).toString().replace(from, to)))
    header(',identifier,', ',')
    expect(errorsOf(files)).toContainEqual({ file: 'orgs.csv', line: 1, column: 'identifier', message: 'is missing from the header' })
    header(',identifier,', ',Identifier,')
    expect(errorsOf(files)).toContainEqual(expect.objectContaining({ file: 'orgs.csv', line: 1, column: '6' }))
    header('sourcedId,status,dateLastModified,', 'Fatima,active,Fatima,')
    expect(errorsOf(files).map(({ line, column }) => `${line}:${column}`)).toEqual(expect.arrayContaining(['1:1', '1:2', '1:3']))
    expect(JSON.stringify(errorsOf(files))).not.toContain('Fatima')
    header(',identifier,', ',name,')
    expect(errorsOf(files)).toContainEqual({ file: 'orgs.csv', line: 1, column: 'name', message: 'stands in the header twice' })
  })

  test('what is no CSV, no UTF-8, or has a row of another length, with its line', () => {
    const files = bundleOf(regenboog())
    const users = Buffer.from(files.get('users.csv')!).toString().split('\r\n')
    const spoiled = (line: number, to: string) => files.set('users.csv', Buffer.from(users.with(line - 1, to).join('\r\n')))
    spoiled(3, 'u-x,too,few')
    expect(errorsOf(files)).toContainEqual(expect.objectContaining({ file: 'users.csv', line: 3, column: 'enabledUser' }))
    spoiled(3, `${users[2]!},over`)
    expect(errorsOf(files)).toContainEqual(
      expect.objectContaining({ file: 'users.csv', line: 3, column: `${users[0]!.split(',').length + 1}` }),
    )
    spoiled(4, users[3]!.replace('Karim', 'Ka"rim"'))
    expect(errorsOf(files)).toContainEqual(expect.objectContaining({ file: 'users.csv', line: 4, column: 'givenName' }))
    spoiled(4, users[3]!.replace('Karim', '"Karim" '))
    expect(errorsOf(files)).toContainEqual(expect.objectContaining({ file: 'users.csv', line: 4, column: 'givenName' }))
    spoiled(4, users[3]!.replace('Karim', '"Karim'))
    expect(errorsOf(files)).toContainEqual(expect.objectContaining({ file: 'users.csv', line: 4, column: 'givenName' }))
    files.set('users.csv', Buffer.from(users.join('\r\n'), 'latin1').fill(0xff, 800, 801))
    expect(errorsOf(files)).toContainEqual({ file: 'users.csv', line: 0, column: null, message: 'is not UTF-8' })
  })

  test('a line that is wrong below a name of two lines is counted as an editor counts', () => {
    const rows = regenboog()
    rows.users[0]!.grades = 'een\r\ntwee\ndrie'
    rows.users[1]!.grades = 'een\r\ntwee'
    rows.users[1]!.email = 'x'
    rows.users[3]!.givenName = ''
    expect(errorsOf(bundleOf(rows))).toEqual([
      expect.objectContaining({ file: 'users.csv', line: 5, column: 'email' }),
      expect.objectContaining({ file: 'users.csv', line: 8, column: 'givenName' }),
    ])
  })

  test('without a manifest, or with a file that is none of OneRoster', () => {
    const files = bundleOf(regenboog())
    files.set('cijfers.xlsx', Buffer.from('x'))
    expect(errorsOf(files)).toContainEqual(expect.objectContaining({ file: 'cijfers.xlsx', line: 0 }))
    files.delete('manifest.csv')
    files.delete('cijfers.xlsx')
    expect(errorsOf(files)).toEqual([{ file: 'manifest.csv', line: 0, column: null, message: 'is missing from the bundle' }])
  })

  test.each([
    ['1.2.1', 'without a manifest', 'manifest.csv:0:null'],
    ['1.2.1', 'with a version that nobody has', 'manifest.csv:3:value'],
    ['1.1', 'without a manifest', 'manifest.csv:0:null'],
    ['1.1', 'with a version that nobody has', 'manifest.csv:3:value'],
  ] as const)('of a bundle like %s, %s, what is wrong with the other files is told as well', (version, how, expected) => {
    const rows = regenboogAs(version)
    rows.users[0]!.givenName = ''
    rows.orgs[0]!.name = ''
    const files = bundleOf({ ...rows, manifest: { 'oneroster.version': '3.0' } })
    if (how === 'without a manifest') files.delete('manifest.csv')
    const places = errorsOf(files).map(({ file, line, column }) => `${file}:${line}:${column}`)
    expect(places.toSorted()).toEqual([expected, 'orgs.csv:2:name', 'users.csv:2:givenName'])
  })

  test('of very many the first twenty thousand are listed, and the others counted', () => {
    const wrong = complaints()
    for (let line = 1; line <= 20_500; line += 1) wrong.add(line > 20_200 ? 'roles.csv' : 'users.csv', line, 'role', 'is required')
    expect(wrong.errors).toHaveLength(20_001)
    expect(wrong.errors.at(-1)).toMatchObject({
      file: 'users.csv',
      line: 0,
      message: 'has 500 more errors, with the files after it, that are not listed',
    })
    expect(errorCount(wrong.errors)).toBe(20_500)
    expect(errorCount(wrong.errors.slice(0, 3))).toBe(3)
  })

  test('whatever the bytes are, it answers and does not throw', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('users.csv', 'orgs.csv', 'roles.csv', 'manifest.csv'),
        fc.uint8Array({ maxLength: 300 }),
        fc.string(),
        (name, bytes, text) => {
          for (const content of [bytes, Buffer.from(text)]) {
            const files = bundleOf(regenboog())
            files.set(name, content)
            expect(readBundle(files, TODAY).ok).toBe(false)
          }
        },
      ),
      { numRuns: 150 },
    )
  })
})

describe('The elfproef', () => {
  test.each([
    ['111222333', true],
    ['123456782', true],
    ['123.456.782', true],
    ['1234 56 782', true],
    ['123456789', false],
    ['000000000', false],
    ['12345678', false],
    ['1234567820', false],
    ['u-123456782', false],
  ])('%s: %s', (value, expected) => {
    expect(looksLikeBsn(value)).toBe(expected)
  })
})

describe('From a zip or a folder', () => {
  test('both give the same files', async () => {
    const files = bundleOf(regenboog())
    const folder = await mkdtemp(join(tmpdir(), 'roster-'))
    try {
      for (const [name, bytes] of files) await writeFile(join(folder, name), bytes)
      await writeFile(join(folder, '.DS_Store'), 'x')
      const fromFolder = await readFolderOrZip(folder)
      await writeFile(join(folder, 'roster.zip'), await zipOf(files))
      const fromZip = await readFolderOrZip(join(folder, 'roster.zip'))
      expect(fromFolder.ok && taken(fromFolder.files)).toEqual(taken(files))
      expect(fromZip.ok && taken(fromZip.files)).toEqual(taken(files))
      expect(await readFolderOrZip(join(folder, 'elsewhere'))).toMatchObject({ ok: false })
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  test('a zip that is damaged, locked, has folders, or is none', async () => {
    const files = bundleOf(regenboog())
    const zip = await zipOf(files)
    expect(await readZip(Buffer.from('PK nothing'))).toMatchObject({ ok: false, errors: [{ message: expect.stringContaining('damaged') }] })
    const locked = await zipOf(files, 'geheim')
    expect(await readZip(locked)).toMatchObject({ ok: false, errors: [{ message: expect.stringContaining('password') }] })
    const folders = await zipOf([['roster/users.csv', Buffer.from('x')]])
    expect(await readZip(folders)).toMatchObject({ ok: false, errors: [{ message: expect.stringContaining('folder') }] })
    const stored = await zipOf([['users.csv', Buffer.from('a'.repeat(5000))]])
    const damaged = stored.slice()
    damaged[60] = damaged[60]! ^ 0xff
    expect(await readZip(damaged)).toMatchObject({ ok: false })
    expect(await readZip(zip)).toMatchObject({ ok: true })
  })

  test('a zip bomb is stopped at the cap', async () => {
    const bomb = await zipOf([['users.csv', new Uint8Array(20_000_000)]])
    expect(bomb.length).toBeLessThan(100_000)
    expect(await readZip(bomb, 1_000_000)).toMatchObject({
      ok: false,
      errors: [{ message: expect.stringContaining('more than a roster') }],
    })
  })
})

test('a header alone is an empty table', () => {
  const files = bundleOf({ orgs: [], users: [], roles: [] })
  expect(taken(files)).toEqual({
    schools: [],
    persons: [],
    enrolments: [],
    employments: [],
    guardianships: [],
    coversBoard: false,
    tells: TELLS,
    knowsByName: false,
    namedElsewhere: new Set(),
  })
  files.set('users.csv', csv([], []))
  expect(readBundle(files, TODAY).ok).toBe(false)
})
