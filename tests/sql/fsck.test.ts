import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { inTransaction } from '../../src/database.ts'
import { check } from '../../src/fsck/check.ts'
import { fsck, INVARIANTS, type Invariant, reportOf } from '../../src/fsck/fsck.ts'
import { redeem } from '../../src/grants/redeem.ts'
import { append } from '../../src/ledger/append.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { pseudonymOf } from '../support/pseudonym.ts'
import { tellConsented, tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let use: Awaited<ReturnType<typeof consented>>

/** Nadia said yes, the school released, Reken Plus redeemed: all by what really does it, but for the row-by-row beginning. */
let built: TestBroker
beforeAll(async () => {
  built = broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  use = await consented(broker, world)
  await tellConsented(broker, world, use)
  await redeemed()
  await Promise.all([built.db.destroy(), built.owner.end()])
})
afterAll(() => built.close())

/** Each test breaks a copy. */
beforeEach(async () => {
  broker = await freshBroker({ template: new URL(built.url).pathname.slice(1) })
})
afterEach(() => broker.close())

async function redeemed() {
  const identifiers = [await pseudonymOf(broker, world, use.subjectId)]
  const redeemer = { clientId: world.clients.organisation, supplierId: world.supplierId, jkt: 'thumbprint', txn: 'txn' }
  const wish = { resource: world.resource, datatypes: ['arithmetic-results'], purpose: '5.1.a', identifiers, batch: false }
  return await redeem(broker.deps, redeemer, wish)
}

/** SQL past everything that keeps the state right: triggers, constraints and rights. */
async function sabotage(text: string) {
  await broker.owner.unsafe(`set session_replication_role = replica; ${text}; set session_replication_role = origin`).simple()
}

async function broken(): Promise<Record<string, string[]>> {
  const { findings } = await fsck(broker.db)
  return Object.fromEntries(Object.entries(findings).filter(([, found]) => found.length > 0))
}

describe('fsck', () => {
  test('finds nothing in a database that nobody touched, before and after a withdrawal', async () => {
    await expectNothingBroken(broker)
    await withdrawConsent(broker.deps, world.people.nadia.actor, use.consentId)
    await expectNothingBroken(broker)
    expect(reportOf(await fsck(broker.db)).split('\n')).toHaveLength(Object.keys(INVARIANTS).length + 1)
  })

  test('INV-04: a tail that was cut off is found by what an earlier check kept outside the database, and that stays as it is', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'checkpoints-'))
    const file = join(folder, 'heads.json')
    try {
      expect((await check(broker.db, file)).whole).toBe(true)
      const kept = await readFile(file, 'utf8')
      expect(Object.keys(JSON.parse(kept))).toEqual([`${world.boardId}:organisation`])
      expect((await check(broker.db, file)).whole).toBe(true)
      await sabotage(`delete from ledger where seq = (select max(seq) from ledger)`)
      expect((await fsck(broker.db)).findings['INV-04']).toEqual([])
      const cut = await check(broker.db, file)
      expect(cut.whole).toBe(false)
      expect(cut.report).toMatch(/INV-04 {2}BROKEN[^\n]*\n {10}chain [^ ]+:organisation: entry \d+ is wrong \(missing\)/)
      expect(await readFile(file, 'utf8')).toBe(kept)
      await writeFile(file, '{"operator":{}}')
      await expect(check(broker.db, file)).rejects.toThrow('does not hold what an earlier check wrote')
    } finally {
      await rm(folder, { recursive: true })
    }
  })

  const cases: [string, Invariant, string][] = [
    [
      'a token that outlived the withdrawal',
      'INV-01',
      `update consents set ended_at = now(), ended_as = 'withdrawn', ended_by = 'x'; update tokens set expires_at = now() + interval '1 minute', issued_at = now()`,
    ],
    ['an entry that was changed', 'INV-04', `update ledger set body = replace(body, 'yes', 'no') where event = 'answer_given'`],
    ['an entry that was taken out', 'INV-04', `delete from ledger where event = 'answer_given'`],
    ['an answer that was changed', 'INV-05', `update answers set answer = 'no'`],
    [
      'an answer that nobody told',
      'INV-05',
      `insert into answers select board_id, gen_random_uuid(), approach, consent_id, revision + 1, decider_id, answer, datatypes, until_at, authority, guardianship_id, method, recorded_by, shown_hash, language, answered_at from answers; update consents set revision = 9`,
    ],
    ['an answer that is gone', 'INV-05', `delete from answers`],
    ['an agreement that was signed behind its back', 'INV-05', `update supplier_agreements set signed_hash = sha256('other')`],
    ['an agreement that was prolonged', 'INV-05', `update supplier_agreements set ends_at = ends_at + interval '1 year'`],
    ['a release that is gone', 'INV-05', `delete from release_subjects`],
    ['a clause that was ended silently', 'INV-05', `update onward_clauses set ended_at = now() + interval '1 day'`],
    [
      'a guide that nobody told of',
      'INV-05',
      `insert into assignments select s.board_id, gen_random_uuid(), 'organisation', t.supplier_id, s.subject_id, 'x', now(), null from tokens t join token_supports s using (board_id, token_id)`,
    ],
    ['a token that nobody told', 'INV-05', `update tokens set token_id = gen_random_uuid()`],
    [
      'a token that was quietly revived',
      'INV-05',
      `update tokens set ended_at = issued_at, ended_because = 'x'; update status_entries set set_at = now()`,
    ],
    ['an answer after the end', 'INV-06', `update consents set ended_at = asked_at, ended_as = 'lapsed', ended_by = 'job'`],
    ['a token with more than was asked', 'INV-09', `update items set datatypes = '{practice-time}'`],
    ['a token with more than the request', 'INV-09', `update access_requests set datatypes = '{practice-time}'`],
    ['a token for another purpose', 'INV-09', `update items set purpose = '5.1.b'`],
    ['a token without a clause', 'INV-09', `delete from onward_clauses where datatype = 'arithmetic-results'`],
    [
      'a token without an agreement',
      'INV-09',
      `update supplier_agreements set signed_at = null, signed_by = null, signed_text = null, signed_hash = null`,
    ],
    ['a token beyond the agreement', 'INV-09', `delete from agreement_services`],
    ['a token without a guide where there must be one', 'INV-09', `update items set needs_assignment = true`],
    ['a token without a release', 'INV-09', `update releases set withdrawn_at = released_at, withdrawn_by = 'x'`],
    [
      'a token of another supplier’s client',
      'INV-09',
      `update clients set supplier_id = '${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}' where client_id = 'rekenplus-org'`,
    ],
    [
      'a token of more than ten minutes',
      'INV-10',
      `alter table tokens drop constraint tokens_live_ten_minutes_at_most; update tokens set expires_at = issued_at + interval '11 minutes'`,
    ],
    [
      'a token that outlives the question',
      'INV-10',
      `update items set ends_at = now() - interval '30 years', starts_at = now() - interval '31 years'`,
    ],
    ['a token that outlives the agreement', 'INV-10', `update supplier_agreements set ends_at = starts_at + interval '1 day'`],
    ['a token that outlives the enrolment', 'INV-10', `update enrolments set ends_at = starts_at + interval '1 day'`],
    ['a token without a status', 'INV-14', `delete from status_entries`],
    ['a status bit that went back', 'INV-14', `update tokens set ended_at = issued_at, ended_because = 'x'`],
    ['a status that is somebody else’s', 'INV-14', `update status_entries set token_id = gen_random_uuid()`],
  ]
  test.each(cases)('finds %s (%s)', async (_, invariant, text) => {
    await sabotage(text)
    expect(Object.keys(await broken())).toContain(invariant)
  })

  test('finds a token and an answer that the ledger tells of after the end (INV-01, INV-06)', async () => {
    await withdrawConsent(broker.deps, world.people.nadia.actor, use.consentId)
    const [issued] = await broker.owner`select body from ledger where event = 'token_issued'`
    const [answered] = await broker.owner`select body from ledger where event = 'answer_given'`
    await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) => {
      const about = { boardId: world.boardId, approach: 'organisation', at: broker.clock.now(), actor: 'job' } as const
      return append(
        tx,
        { ...about, event: 'token_issued', ref: use.requestId, facts: JSON.parse(issued!.body) },
        { ...about, event: 'answer_given', ref: use.consentId, facts: JSON.parse(answered!.body) },
      )
    })
    expect(await broken()).toMatchObject({
      'INV-01': [expect.stringContaining('issued after the consent had ended (consent_withdrawn)')],
      'INV-06': [expect.stringContaining('had ended'), expect.stringContaining('was there already')],
    })
  })

  test('finds a token that was issued on a no, on less than it took, and for longer (INV-09, INV-10)', async () => {
    const [issued] = await broker.owner`select body from ledger where event = 'token_issued'`
    const facts = JSON.parse(issued!.body)
    await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, async (tx) => {
      const about = { boardId: world.boardId, approach: 'organisation', at: broker.clock.now(), actor: 'job', ref: use.consentId } as const
      const answer = { answerId: use.itemId, deciderId: world.people.nadia.id, answer: 'yes', revision: 2 }
      const shorter = { ...answer, datatypes: ['practice-time'], untilAt: broker.clock.now().toISOString() }
      await append(tx, { ...about, event: 'answer_given', facts: shorter }, { ...about, event: 'token_issued', facts })
      const no = { ...answer, answer: 'no', deciderId: world.people.karim.id, revision: 3 }
      await append(tx, { ...about, event: 'answer_given', facts: no }, { ...about, event: 'token_issued', facts })
    })
    expect(await broken()).toMatchObject({
      'INV-09': [expect.stringContaining('arithmetic-results was not in the yes'), expect.stringContaining('were no yes')],
      'INV-10': [expect.stringContaining('outlives the yes')],
    })
  })
})
