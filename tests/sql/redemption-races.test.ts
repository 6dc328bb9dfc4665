import { sql } from 'kysely'
import postgres from 'postgres'
import { afterEach, beforeEach, describe, expect, vi } from 'vitest'
import { endAgreement } from '../../src/agreements/end-agreement.ts'
import { endOnward } from '../../src/agreements/onward.ts'
import { suspendHolder, suspendSupplier } from '../../src/catalog/suspend.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { inTransaction } from '../../src/database.ts'
import type { Issued } from '../../src/grants/mint.ts'
import { append } from '../../src/ledger/append.ts'
import { endAssignment } from '../../src/requests/end-assignment.ts'
import { startAssignment } from '../../src/requests/start-assignment.ts'
import { withdrawRelease } from '../../src/requests/withdraw-release.ts'
import { withdrawRequest } from '../../src/requests/withdraw-request.ts'
import { type EndingFact, endTokens } from '../../src/tokens/end-tokens.ts'
import { aimedAtGroup } from '../support/aimed-at-group.ts'
import { asking } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { instead, race } from '../support/race.ts'
import { redeeming } from '../support/redeeming.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

interface Scene {
  broker: TestBroker
  world: SmallWorld
  given: Awaited<ReturnType<typeof consented>>
}

/** An act as its command does it: the fact's own row first, then the tokens, then the ledger. */
async function act({ broker, world: { boardId } }: Scene, fact: EndingFact, update: string) {
  const at = broker.clock.now()
  await inTransaction(broker.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    await sql.raw(update).execute(tx)
    const endedTokens = await endTokens(tx, boardId, at, fact, 'test')
    await append(tx, { boardId, approach: 'organisation', at, event: 'tokens_ended', actor: 'job', facts: { endedTokens } })
  })
}

const GROUP_CHANGES = 'the pupil goes to another group'

/** Everything that ends standing (design §2). Each must hold against a redemption at the very same moment. */
const acts: Record<string, (scene: Scene) => Promise<unknown>> = {
  'a parent withdraws': ({ broker, world, given }) => withdrawConsent(broker.deps, world.people.nadia.actor, given.consentId),
  'the other parent says no': ({ broker, world, given }) => asking(broker, world).answer(world.people.karim, given.consentId, 'no'),
  'the supplier’s agreement ends': ({ broker, world }) =>
    endAgreement(broker.deps, world.people.ruud.actor, { agreementId: world.agreementId, because: 'test' }),
  'the holder’s agreement ends': ({ broker, world }) =>
    endAgreement(broker.deps, world.people.ruud.actor, { agreementId: world.holderAgreementId, because: 'test' }),
  'the onward clause ends': ({ broker, world }) =>
    endOnward(broker.deps, world.people.ruud.actor, {
      agreementId: world.holderAgreementId,
      holderId: world.holderId,
      datatypes: ['arithmetic-results'],
    }),
  'the supplier is suspended': ({ broker, world }) => suspendSupplier(broker.deps, { supplierId: world.supplierId, because: 'test' }),
  'the holder is suspended': ({ broker, world }) => suspendHolder(broker.deps, { holderId: world.holderId, because: 'test' }),
  'the holder’s supplier is suspended': ({ broker, world }) =>
    suspendSupplier(broker.deps, { supplierId: world.publisherId, because: 'test' }),
  'the guide leaves (K19)': async ({ broker, world }) => {
    const [row] = await broker.owner`select assignment_id from assignments`
    await endAssignment(broker.deps, { clientId: world.clients.organisation, supplierId: world.supplierId }, row!.assignment_id)
  },
  'the school takes its release back': ({ broker, world, given }) =>
    withdrawRelease(broker.deps, world.people.mirjam.actor, given.requestId),
  'the supplier takes its request back': ({ broker, world, given }) =>
    withdrawRequest(broker.deps, { clientId: world.clients.organisation, supplierId: world.supplierId }, given.requestId),
  'the pupil leaves the school': (scene) =>
    act(
      scene,
      { tenureId: scene.world.tenures.fatima! },
      `update enrolments set ends_at = '${scene.broker.clock.now().toISOString()}' where enrolment_id = '${scene.world.tenures.fatima!}'`,
    ),
  [GROUP_CHANGES]: (scene) =>
    act(
      scene,
      { tenureId: scene.world.tenures.fatima! },
      `update enrolments set group_name = 'Groep 8' where enrolment_id = '${scene.world.tenures.fatima!}'`,
    ),
  'a guardianship ends': (scene) =>
    act(
      scene,
      { subjectId: scene.world.people.fatima.id },
      `update guardianships set ends_at = '${scene.broker.clock.now().toISOString()}' where guardianship_id = '${scene.world.guardianships.nadia}'`,
    ),
}

let setting: Awaited<ReturnType<typeof begin>>
beforeEach(async () => {
  setting = await begin()
})
afterEach(() => setting.broker.close())

async function begin(): Promise<Scene & Awaited<ReturnType<typeof redeeming>>> {
  const broker = await freshBroker()
  const world = await smallWorld(broker)
  const scene = { broker, world, given: await consented(broker, world, { needsAssignment: true }) }
  const reken = await redeeming(broker, world)
  await startAssignment(
    broker.deps,
    { clientId: world.clients.organisation, supplierId: world.supplierId },
    { identifier: reken.identifier, guide: 'Marit Hoekstra' },
  )
  return { ...scene, ...reken }
}

/** Where it is the group that changes, the question was for that group. */
const asked = async (name: string) => {
  if (name === GROUP_CHANGES) await aimedAtGroup(setting.broker, setting.world, setting.given.itemId)
}

/** Holds the ledger, the last thing every act does, so that whoever comes first stops there with all it holds. */
async function holdLedger({ broker, world }: Scene) {
  const held = postgres(broker.ownerUrl, { max: 1, onnotice: () => {} })
  await held`begin`
  for (const chain of ['operator', `${world.boardId}:organisation`, `${world.boardId}:subject`]) {
    await held`select pg_advisory_xact_lock(hashtextextended(${`ledger:${chain}`}, 0))`
  }
  return async () => {
    await held`commit`
    await held.end()
  }
}

/** Until so many of this file's connections wait for a lock: then each is where the race is decided. */
async function waiting({ broker }: Scene, count: number) {
  await vi.waitFor(
    async () => {
      const [row] = await broker.owner`
        select count(*)::int as n from pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'`
      expect(row!.n).toBe(count)
    },
    { timeout: 10_000, interval: 10 },
  )
}

async function redemptionFirst(name: string): Promise<Issued> {
  const release = await holdLedger(setting)
  const redeemed = setting.redeem()
  await waiting(setting, 1)
  const acted = acts[name]!(setting)
  await waiting(setting, 2)
  await release()
  const [token] = await Promise.all([redeemed, acted])
  return token
}

async function actFirst(name: string): Promise<string> {
  const release = await holdLedger(setting)
  const acted = acts[name]!(setting)
  await waiting(setting, 1)
  const redeemed = setting.redeem().then(
    () => 'issued',
    (error: { code?: string }) => error.code ?? 'failed',
  )
  await waiting(setting, 2)
  await release()
  await acted
  return await redeemed
}

const WITHOUT_SHARE = { 'without FOR SHARE': { function: 'hold_standing', without: / for share/g } }

describe.each(Object.keys(acts))('%s', (name) => {
  race('while a token is being made: it waits, and ends that token too (INV-01)', WITHOUT_SHARE, async () => {
    await asked(name)
    const token = await redemptionFirst(name)
    expect(await setting.isActive(token)).toBe(false)
    expect(await setting.isMarked(token)).toBe(true)
  })

  race('while a token is asked for: the redemption waits, and gets nothing (INV-01)', WITHOUT_SHARE, async () => {
    await asked(name)
    expect(await actFirst(name)).toBe('grant_not_found')
  })
})

describe('What was asked of a group (INV-01)', () => {
  const anyGroup = {
    'where any group of the school will do': instead(/jsonb_build_object\('schoolId', t\.school_id, 'groupName', t\.group_name\)/, `'{}'`),
  }
  race('goes out about who is in it, and not about who went to another, whatever became of their token', anyGroup, async () => {
    await asked(GROUP_CHANGES)
    const token = await setting.redeem()
    expect(await setting.isActive(token)).toBe(true)
    await setting.broker.owner`update enrolments set group_name = 'Groep 8' where person_id = ${setting.world.people.fatima.id}`
    expect(await setting.isActive(token)).toBe(false)
    await expect(setting.redeem()).rejects.toMatchObject({ code: 'grant_not_found' })
  })
})

describe('Many redemptions and one withdrawal at once', () => {
  const left = { 'where a withdrawal leaves the tokens it finds': { statements: /t\.ended_at is null/, become: 'false' } }
  race('no token lives after the withdrawal was acknowledged, and the ledger tells none after it (INV-01)', left, async () => {
    const { broker, world, given } = setting
    for (let round = 0; round < 5; round++) {
      const purpose = `5.2.${'abcde'[round]}`
      const { consentId } = await consented(broker, world, { purpose })
      const redeemed: Promise<Issued | undefined>[] = []
      const asked = (count: number) => {
        for (let n = 0; n < count; n++) redeemed.push(setting.redeem(purpose).catch(() => undefined))
      }
      asked(10)
      await new Promise((resolve) => setTimeout(resolve, round * 5))
      const acknowledged = withdrawConsent(broker.deps, world.people.nadia.actor, consentId)
      asked(10)
      await acknowledged
      const issued = (await Promise.all(redeemed)).filter((token) => token !== undefined)
      for (const token of issued) expect([await setting.isActive(token), await setting.isMarked(token)]).toEqual([false, true])
      const rows = await broker.owner`
        select event from ledger where event in ('token_issued', 'consent_withdrawn')
          and (ref = ${consentId} or body::jsonb #>> '{supports,0,consentId}' = ${consentId}) order by seq`
      expect(rows.findIndex(({ event }) => event === 'consent_withdrawn')).toBe(rows.length - 1)
      expect(rows.length).toBe(issued.length + 1)
    }
    expect(await setting.redeem().then(() => given.consentId)).toBe(given.consentId)
    await expectLedgerWhole(broker, world.boardId)
  })
})
