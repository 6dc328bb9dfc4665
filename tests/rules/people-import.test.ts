import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { inTransaction, type Tx } from '../../src/database.ts'
import { type BoardId, newId, type PersonId } from '../../src/ids.ts'
import { verifyChain } from '../../src/ledger/verify.ts'
import { addSchool, createBoard } from '../../src/people/create-board.ts'
import { mandatesOf } from '../../src/people/mandates.ts'
import { subjectFacts } from '../../src/people/store.ts'
import { importFiles } from '../../src/people/take-in-roster.ts'
import { whoMayAnswer } from '../../src/people/who-may-answer.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { ledgerOf, whileHeld } from '../support/held.ts'
import { endOf, liveToken } from '../support/live-token.ts'
import { bundleOf, type Rows, regenboog } from '../support/oneroster.ts'
import { race, withoutRowLock } from '../support/race.ts'
import { smallWorld } from '../support/world.ts'

const brokers: TestBroker[] = []
let broker: TestBroker
let boardId: BoardId
beforeEach(async () => {
  broker = await freshBroker()
  brokers.push(broker)
  const made = await createBoard(broker.deps, {
    name: 'De Waterlelie',
    oin: '00000099999999990001',
    schools: [{ name: 'De Regenboog', brin: '99ZA', sector: 'po' }],
    administrator: { givenName: 'Mirjam', familyName: 'Smit', email: 'mirjam@waterlelie.example' },
  })
  boardId = made.boardId
})
afterEach(async () => {
  for (const each of brokers.splice(0)) await each.close()
})

/** In schools this small whoever leaves is more than one in ten. */
const MEANT = { endsMuch: true }

type Spoil = (rows: ReturnType<typeof regenboog>) => unknown
const asJob = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(broker.db, { actor: 'job', boards: [boardId] }, work)
const take = (rows: Rows = regenboog(), options: { endsMuch?: boolean } = {}) =>
  importFiles(broker.deps, { boardId, by: 'operator', ...options }, { ok: true, files: bundleOf(rows) })
const takeWith = (spoil: Spoil, options: { endsMuch?: boolean } = {}) => {
  const rows = regenboog()
  spoil(rows)
  return take(rows, options)
}
const personOf = async (sourceId: string) => {
  const [row] = await broker.owner<{ person_id: PersonId }[]>`select person_id from persons where source_id = ${sourceId}`
  return row!.person_id
}
/** Everything the import may change, in words. */
const state = async () => ({
  persons: (await broker.owner`select source_id, given_name, family_name, birth_date::text, email, phone from persons order by 1`).map(
    (row) => Object.values(row).join(' '),
  ),
  enrolments: (
    await broker.owner`
      select p.source_id, s.brin, e.group_name, e.ends_at is null as open
      from enrolments e join persons p using (person_id) join schools s using (school_id) order by 1, 2, e.enrolment_id`
  ).map((row) => Object.values(row).join(' ')),
  guardians: (
    await broker.owner`
      select g.source_id as guardian, p.source_id as pupil, r.kind, r.authority, r.source, r.ends_at is null as open
      from guardianships r join persons g on g.person_id = r.guardian_id join persons p on p.person_id = r.pupil_id order by 1, 2, r.guardianship_id`
  ).map((row) => Object.values(row).join(' ')),
  employments: (
    await broker.owner`
      select coalesce(p.source_id, p.given_name), s.brin, e.job_title, e.ends_at is null as open
      from employments e join persons p using (person_id) left join schools s using (school_id) order by 1, e.employment_id`
  ).map((row) => Object.values(row).join(' ')),
  imports: Number((await broker.owner`select count(*) from roster_imports`)[0]!.count),
  entries: Number((await broker.owner`select count(*) from ledger where event = 'roster_imported'`)[0]!.count),
})

describe('A roster taken in', () => {
  test('gives the people of the school; authority is not known from a roster', async () => {
    expect(await take()).toMatchObject({
      persons: 6,
      personsAdded: 6,
      enrolmentsStarted: 2,
      employmentsStarted: 1,
      guardianshipsStarted: 3,
    })
    expect(await state()).toEqual({
      persons: [
        'u-ali Ali Yildiz 2014-05-02  ',
        'u-elif Elif Yildiz  elif@gezin.example ',
        'u-fatima Fatima Amrani 2017-03-14  ',
        'u-karim Karim Amrani  karim@gezin.example ',
        'u-nadia Nadia Amrani  nadia@gezin.example 0612345678',
        'u-pim Pim de Wit  pim@waterlelie.example ',
        ' Mirjam Smit  mirjam@waterlelie.example ',
      ],
      enrolments: ['u-ali 99ZA  true', 'u-fatima 99ZA Groep 6 true'],
      guardians: [
        'u-elif u-ali guardian unknown roster true',
        'u-karim u-fatima parent unknown roster true',
        'u-nadia u-fatima parent unknown roster true',
      ],
      employments: ['Mirjam   true', 'u-pim 99ZA teacher true'],
      imports: 1,
      entries: 1,
    })
    const fatima = await personOf('u-fatima')
    const facts = await asJob((tx) => subjectFacts(tx, boardId, [fatima]))
    expect(whoMayAnswer(facts.get(fatima)!, broker.clock.now())).toEqual({ known: false, why: 'nobody' })
  })

  test('by a board that vouches for its roster: parents and guardians have authority, relatives do not', async () => {
    await asJob((tx) => tx.updateTable('boards').set({ roster_implies_authority: true }).execute())
    await takeWith((rows) => (rows.roles[1]!.role = 'relative'))
    expect((await state()).guardians).toEqual([
      'u-elif u-ali guardian yes board_declaration true',
      'u-karim u-fatima parent yes board_declaration true',
      'u-nadia u-fatima guardian unknown roster true',
    ])
    await asJob((tx) => tx.updateTable('boards').set({ roster_implies_authority: false }).execute())
    await takeWith((rows) => (rows.roles[1]!.role = 'relative'))
    expect((await state()).guardians.filter((line) => line.endsWith('true'))).toEqual([
      'u-elif u-ali guardian unknown roster true',
      'u-karim u-fatima parent unknown roster true',
      'u-nadia u-fatima guardian unknown roster true',
    ])
  })

  test('is one entry in the ledger, with count and hash and no person in it (INV-16)', async () => {
    await take()
    const [entry] = await asJob((tx) => tx.selectFrom('ledger').selectAll().where('event', '=', 'roster_imported').execute())
    expect(JSON.parse(entry!.body)).toMatchObject({ persons: 6, contentHash: expect.stringMatching(/^[0-9a-f]{64}$/) })
    expect(JSON.stringify(entry)).not.toMatch(/Amrani|gezin|fatima/i)
    expect(await asJob((tx) => verifyChain(tx, `${boardId}:organisation`))).toMatchObject({ whole: true })
  })

  test('the same content has the same hash, whatever the order of its rows', async () => {
    await take()
    broker.clock.pass({ minutes: 1 })
    await takeWith((rows) => rows.users.reverse())
    broker.clock.pass({ minutes: 1 })
    await takeWith((rows) => (rows.users[0]!.givenName = 'Fatiha'))
    const hashes = await broker.owner`select encode(content_hash, 'hex') as hash from roster_imports order by imported_at`
    expect(hashes[0]!.hash).toBe(hashes[1]!.hash)
    expect(hashes[2]!.hash).not.toBe(hashes[1]!.hash)
  })

  test('again: nothing changes, and nothing is written but that it was done', async () => {
    await take()
    const before = await state()
    broker.clock.pass({ days: 1 })
    expect(await take()).toMatchObject({
      personsAdded: 0,
      personsChanged: 0,
      enrolmentsStarted: 0,
      enrolmentsEnded: 0,
      employmentsStarted: 0,
      employmentsEnded: 0,
      guardianshipsStarted: 0,
      guardianshipsEnded: 0,
    })
    expect(await state()).toEqual({ ...before, imports: 2, entries: 2 })
  })

  test('changes: names, groups and addresses follow; who is gone is no longer enrolled; who comes back is again', async () => {
    await take()
    broker.clock.pass({ days: 1 })
    await takeWith((rows) => {
      rows.users[0]!.preferredGivenName = 'Faatje'
      rows.classes[0]!.title = 'Groep 7'
      rows.users.splice(3, 2) // Ali and his mother
      rows.roles.splice(3, 2)
      rows.demographics.splice(1, 1)
    }, MEANT)
    const gone = await state()
    expect(gone.persons).toContain('u-fatima Faatje Amrani 2017-03-14  ')
    expect(gone.enrolments).toEqual(['u-ali 99ZA  false', 'u-fatima 99ZA Groep 7 true'])
    expect(gone.guardians).toContain('u-elif u-ali guardian unknown roster true')
    broker.clock.pass({ days: 1 })
    await takeWith((rows) => {
      for (const role of rows.roles) role.beginDate = '2026-08-01'
    })
    const [ali] = await broker.owner`
      select count(*)::int as stretches, max(starts_at) as newest from enrolments where person_id = ${await personOf('u-ali')}`
    // Not from August: in between they were not enrolled.
    expect(ali).toEqual({ stretches: 2, newest: new Date('2026-11-17T09:00:00Z') })
  })

  test('days of a role are the days of the enrolment, to the end of the last', async () => {
    await takeWith((rows) => Object.assign(rows.roles[0]!, { beginDate: '2026-08-01', endDate: '2027-07-31' }))
    const fatima = await personOf('u-fatima')
    const [row] = await broker.owner`select starts_at, ends_at from enrolments where person_id = ${fatima}`
    expect(row).toEqual({ starts_at: new Date('2026-08-01T00:00:00+02:00'), ends_at: new Date('2027-08-01T00:00:00+02:00') })
    await takeWith((rows) => Object.assign(rows.roles[0]!, { beginDate: '2026-08-01', endDate: '2026-12-31' }))
    const [shorter] = await broker.owner`select count(*)::int, max(ends_at) as ends_at from enrolments where person_id = ${fatima}`
    expect(shorter).toEqual({ count: 1, ends_at: new Date('2027-01-01T00:00:00+01:00') })
  })
})

describe('What staff recorded about guardians stays (INV-08)', () => {
  const record = (authority: 'yes' | 'no', more: object = {}) =>
    asJob(async (tx) => {
      const [guardian, pupil] = [await personOf('u-karim'), await personOf('u-fatima')]
      await tx.updateTable('guardianships').set({ ends_at: broker.clock.now() }).where('guardian_id', '=', guardian).execute()
      await tx
        .insertInto('guardianships')
        .values({
          board_id: boardId,
          guardianship_id: newId(broker.clock.now()),
          guardian_id: guardian,
          pupil_id: pupil,
          authority,
          source: 'staff',
          starts_at: broker.clock.now(),
          ...more,
        })
        .execute()
    })
  const karim = async () => (await state()).guardians.filter((line) => line.startsWith('u-karim'))

  test.each(['yes', 'no'] as const)('authority "%s"', async (authority) => {
    await asJob((tx) => tx.updateTable('boards').set({ roster_implies_authority: true }).execute())
    await take()
    await record(authority)
    const before = await karim()
    await take()
    expect(await karim()).toEqual(before)
    // Nor does it end when the roster no longer names them.
    await takeWith((rows) => (rows.users[0]!.agentSourcedIds = 'u-nadia'))
    expect(await karim()).toEqual(before)
  })

  test('what staff ended is not opened again', async () => {
    await take()
    await asJob(async (tx) =>
      tx
        .updateTable('guardianships')
        .set({ ends_at: broker.clock.now(), ended_by: await personOf('u-pim') })
        .where('guardian_id', '=', await personOf('u-karim'))
        .execute(),
    )
    await take()
    expect(await karim()).toEqual(['u-karim u-fatima parent unknown roster false'])
  })

  test('a pair that only the roster knew ends when it is no longer named', async () => {
    await take()
    await takeWith((rows) => (rows.users[0]!.agentSourcedIds = 'u-nadia'))
    expect(await karim()).toEqual(['u-karim u-fatima parent unknown roster false'])
  })
})

describe('One account, one decider', () => {
  test('a guardian whose account already stands for the other gets no authority from the roster', async () => {
    await asJob((tx) => tx.updateTable('boards').set({ roster_implies_authority: true }).execute())
    await takeWith((rows) => (rows.users[0]!.agentSourcedIds = 'u-nadia'))
    const account = newId<never>(broker.clock.now())
    await broker.db
      .insertInto('accounts')
      .values({ account_id: account, email: 'samen@gezin.example', created_at: broker.clock.now() })
      .execute()
    for (const sourceId of ['u-nadia', 'u-karim']) {
      await broker.db
        .insertInto('account_persons')
        .values({ account_id: account, board_id: boardId, person_id: await personOf(sourceId), claimed_at: broker.clock.now() })
        .execute()
    }
    await take()
    expect((await state()).guardians).toContain('u-karim u-fatima parent unknown roster true')
    await take()
    expect((await state()).guardians.filter((line) => line.startsWith('u-karim'))).toHaveLength(1)
  })
})

describe('More than one school', () => {
  const brug = (): Rows => ({
    orgs: [{ sourcedId: 'org-2', name: 'De Brug', type: 'school', identifier: '99ZC01' }],
    users: [{ sourcedId: 'b-lotte', enabledUser: 'true', givenName: 'Lotte', familyName: 'Kok' }],
    roles: [{ sourcedId: 'b-1', userSourcedId: 'b-lotte', roleType: 'primary', role: 'student', orgSourcedId: 'org-2' }],
  })

  test('a roster of one ends nothing at another', async () => {
    await addSchool(broker.deps, boardId, { name: 'De Brug', brin: '99ZC', location: '99ZC01', sector: 'vo' })
    await take()
    expect(await take(brug())).toMatchObject({ enrolmentsStarted: 1, enrolmentsEnded: 0, guardianshipsEnded: 0, employmentsEnded: 0 })
    expect(await take()).toMatchObject({ enrolmentsEnded: 0 })
    expect((await state()).enrolments).toEqual(['b-lotte 99ZC  true', 'u-ali 99ZA  true', 'u-fatima 99ZA Groep 6 true'])
  })

  test('a school that is not the board’s is refused with its place, and nothing changes', async () => {
    const before = await state()
    await expect(take(brug())).rejects.toMatchObject({
      code: 'roster_invalid',
      details: { errors: [{ file: 'orgs.csv', line: 2, column: 'identifier' }] },
    })
    expect(await state()).toEqual(before)
  })
})

describe('A wrong roster', () => {
  test('changes nothing, and tells everything that is wrong', async () => {
    await take()
    const before = await state()
    const refused = takeWith((rows) => {
      rows.users[0]!.givenName = 'Iemand anders'
      rows.users[1]!.givenName = ''
      rows.demographics[0]!.birthDate = '31-12-2017'
    })
    await expect(refused).rejects.toMatchObject({ code: 'roster_invalid', details: { errors: { length: 2 } } })
    expect(await state()).toEqual(before)
  })

  /** De Regenboog with so many pupils more, of whom the last so many are left out. */
  const withPupils = (count: number, leftOut = 0): Rows => {
    const rows = regenboog()
    const ids = Array.from({ length: count - leftOut }, (_, nr) => `p-${nr}`)
    return {
      ...rows,
      users: [...rows.users, ...ids.map((id) => ({ sourcedId: id, enabledUser: 'true', givenName: 'Kind', familyName: id }))],
      roles: [
        ...rows.roles,
        ...ids.map((id) => ({ sourcedId: `r-${id}`, userSourcedId: id, roleType: 'primary', role: 'student', orgSourcedId: 'org-1' })),
      ],
    }
  }

  test('that would end more than a tenth of a school is asked after', async () => {
    await take(withPupils(58))
    const before = await state()
    await expect(take(withPupils(58, 7))).rejects.toMatchObject({ code: 'roster_ends_too_much', details: { ends: 7, of: 60 } })
    expect(await state()).toEqual(before)
    expect(await take(withPupils(58, 6)), 'a tenth is no more than a tenth').toMatchObject({ enrolmentsEnded: 6 })
    expect(await take(withPupils(58, 30), MEANT)).toMatchObject({ enrolmentsEnded: 24 })
  })

  test('a tenth of each school by itself, not of all together', async () => {
    await addSchool(broker.deps, boardId, { name: 'De Brug', brin: '99ZC01', sector: 'vo' })
    const small = { sourcedId: 'org-2', name: 'De Brug', type: 'school', identifier: '99ZC01' }
    const both = (pupils: string[]): Rows => {
      const rows = withPupils(200)
      return {
        ...rows,
        orgs: [...rows.orgs, small],
        users: [...rows.users, ...pupils.map((id) => ({ sourcedId: id, enabledUser: 'true', givenName: 'Kind', familyName: id }))],
        roles: [
          ...(rows.roles ?? []),
          ...pupils.map((id) => ({ sourcedId: `r-${id}`, userSourcedId: id, roleType: 'primary', role: 'student', orgSourcedId: 'org-2' })),
        ],
      }
    }
    await take(both(['b-1', 'b-2', 'b-3', 'b-4', 'b-5']))
    await expect(take(both(['b-1', 'b-2', 'b-3', 'b-4']))).rejects.toMatchObject({
      code: 'roster_ends_too_much',
      details: { ends: 1, of: 5 },
    })
  })
})

describe('Staff', () => {
  test('the administrator the operator entered is known by their address', async () => {
    await takeWith((rows) => {
      rows.users.push({
        ...rows.users[5]!,
        sourcedId: 'u-mirjam',
        givenName: 'Mirjam',
        familyName: 'Smit-Bos',
        email: 'Mirjam@Waterlelie.example',
        preferredGivenName: '',
      })
      rows.roles.push({
        ...rows.roles[5]!,
        sourcedId: 'r-m',
        userSourcedId: 'u-mirjam',
        role: 'districtAdministrator',
        orgSourcedId: 'board-1',
      })
    })
    expect((await state()).employments).toContain('u-mirjam  districtAdministrator true')
    expect((await state()).persons.filter((line) => line.includes('Mirjam'))).toEqual([
      'u-mirjam Mirjam Smit-Bos  mirjam@waterlelie.example ',
    ])
    // And the last administrator does not vanish with a file.
    await expect(take()).rejects.toMatchObject({ code: 'last_administrator' })
  })

  test('who no longer works here holds no mandate from that moment (P41)', async () => {
    await take()
    const pim = await personOf('u-pim')
    await asJob((tx) =>
      tx
        .insertInto('mandates')
        .values({
          board_id: boardId,
          mandate_id: newId(broker.clock.now()),
          person_id: pim,
          role: 'teacher',
          starts_at: broker.clock.now(),
        })
        .execute(),
    )
    broker.clock.pass({ hours: 1 })
    expect(await takeWith((rows) => (rows.users[5]!.enabledUser = 'false'))).toMatchObject({ employmentsEnded: 1 })
    expect(await asJob((tx) => mandatesOf(tx, boardId, pim, broker.clock.now()))).toEqual([])
  })
})

describe('Tokens that lean on what a roster ends, end with it (INV-01)', () => {
  async function withTokens() {
    const own = await freshBroker()
    brokers.push(own)
    const world = await smallWorld(own)
    await own.owner`update persons set source_id = 'u-' || lower(given_name) where given_name in ('Fatima', 'Nadia', 'Karim')`
    const tokens = {
      organisation: await liveToken(own, world, await consented(own, world)),
      subject: await liveToken(own, world, await consented(own, world, { approach: 'subject' }), 'subject'),
    }
    const takeHere = (spoil: Spoil = () => {}) => {
      const rows = regenboog()
      spoil(rows)
      return importFiles(own.deps, { boardId: world.boardId, by: 'job', ...MEANT }, { ok: true, files: bundleOf(rows) })
    }
    const ended = async () => ({
      organisation: (await endOf(own, tokens.organisation))?.because ?? null,
      subject: (await endOf(own, tokens.subject))?.because ?? null,
    })
    return { own, world, tokens, takeHere, ended }
  }

  test('not when all is the same for them', async () => {
    const { takeHere, ended } = await withTokens()
    await takeHere()
    expect(await ended()).toEqual({ organisation: null, subject: null })
  })

  test('when the enrolment is gone, and the school’s ledger does not tell of the subject’s own', async () => {
    const { own, world, tokens, takeHere, ended } = await withTokens()
    await takeHere((rows) => (rows.users[0]!.enabledUser = 'false'))
    expect(await ended()).toEqual({ organisation: 'tenure_ended', subject: 'tenure_ended' })
    const ledger = await own.owner<{ approach: string; body: string }[]>`
      select approach, body from ledger where event in ('roster_imported', 'tokens_ended') order by approach`
    expect(ledger.map(({ approach, body }) => [approach, JSON.parse(body).endedTokens])).toEqual([
      ['organisation', [tokens.organisation]],
      ['subject', [tokens.subject]],
    ])
    for (const approach of ['organisation', 'subject']) {
      const verdict = await inTransaction(own.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
        verifyChain(tx, `${world.boardId}:${approach}`),
      )
      expect(verdict).toMatchObject({ whole: true })
    }
  })

  test('when the enrolment is to end earlier, when the birthday is another, when the guardians are', async () => {
    for (const spoil of [
      (rows: ReturnType<typeof regenboog>) => (rows.roles[0]!.endDate = '2026-11-16'),
      (rows: ReturnType<typeof regenboog>) => (rows.demographics[0]!.birthDate = '2010-03-14'),
    ] satisfies Spoil[]) {
      const { takeHere, ended } = await withTokens()
      await takeHere(spoil)
      expect(Object.values(await ended())).not.toContain(null)
    }
    const { own, takeHere, ended } = await withTokens()
    await own.owner`update guardianships set source = 'roster'`
    await takeHere((rows) => (rows.users[0]!.agentSourcedIds = 'u-nadia'))
    expect(await ended()).toEqual({ organisation: 'deciders_changed', subject: 'deciders_changed' })
  })
})

const notAlone = { 'without the lock on the register': withoutRowLock('boards') }
race('two imports at once: both are taken, one after the other', notAlone, async () => {
  await takeWith((rows) => {
    rows.users.splice(3, 2)
    rows.roles.splice(3, 2)
    rows.demographics.splice(1, 1)
  })
  const results = await whileHeld(broker, ledgerOf(boardId), [() => take(), () => take()])
  const added = results.map((result) => (result.status === 'fulfilled' ? result.value.personsAdded : result.reason))
  expect(new Set(added)).toEqual(new Set([0, 2]))
  expect((await state()).enrolments).toEqual(['u-ali 99ZA  true', 'u-fatima 99ZA Groep 6 true'])
})
