import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { checkAgreement } from '../../src/agreements/check-agreement.ts'
import { draftAgreement } from '../../src/agreements/draft-agreement.ts'
import { endOnward, instructOnward } from '../../src/agreements/onward.ts'
import { signAgreement } from '../../src/agreements/sign-agreement.ts'
import { agreementById, onwardClause } from '../../src/agreements/store.ts'
import { agreementText } from '../../src/agreements/text.ts'
import { withdrawDataSet } from '../../src/agreements/withdraw-data-set.ts'
import { addDataSet } from '../../src/catalog/data-sets.ts'
import { inTransaction } from '../../src/database.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { inOrder, type Lock, ledgerOf } from '../support/held.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { endOf, liveToken } from '../support/live-token.ts'
import { raceFrom, withoutRowLock } from '../support/race.ts'
import { colleagueOf, tutorOf } from '../support/tutor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})

const refusalOf = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

describe('A holder hands over only what the board instructed it to (convenant 5.4, C13)', () => {
  const clause = (own: TestBroker, small: SmallWorld, ...datatypes: string[]) =>
    inTransaction(own.db, { actor: 'job', boards: [small.boardId] }, (tx) =>
      onwardClause(tx, small.boardId, small.holderId, datatypes, own.clock.now()),
    )

  test('per data set; taking it back ends the tokens of both ways, and the school learns of its own only', async () => {
    const own = await freshBroker()
    const small = await smallWorld(own)
    const { holderAgreementId: agreementId, holderId } = small
    const tokens = [
      await liveToken(own, small, await consented(own, small)),
      await liveToken(own, small, await consented(own, small, { approach: 'subject' }), 'subject'),
    ] as const
    const onward = { agreementId, holderId, datatypes: ['arithmetic-results'] }
    expect(await clause(own, small, 'arithmetic-results', 'practice-time')).toMatchObject({ agreementId })
    expect(await clause(own, small)).toBeUndefined()
    await endOnward(own.deps, small.people.mirjam.actor, onward)
    expect(await clause(own, small, 'arithmetic-results', 'practice-time')).toBeUndefined()
    expect(await clause(own, small, 'practice-time')).toBeDefined()
    for (const tokenId of tokens) expect(await endOf(own, tokenId)).toEqual({ because: 'onward_clause_ended', bit: true })
    expect(await told(own, 'onward_clause_ended')).toMatchObject([
      { chain: `${small.boardId}:organisation`, facts: { endedTokens: [tokens[0]] } },
    ])
    expect(await told(own, 'tokens_ended')).toMatchObject([{ chain: `${small.boardId}:subject`, facts: { endedTokens: [tokens[1]] } }])
    expect(await refusalOf(endOnward(own.deps, small.people.mirjam.actor, onward))).toBe('onward_clause_not_found')

    expect(await refusalOf(instructOnward(own.deps, small.people.mirjam.actor, onward))).toBe('signatory_only')
    const instruct = (more: Partial<typeof onward> = {}) => instructOnward(own.deps, small.people.ruud.actor, { ...onward, ...more })
    expect(await refusalOf(instruct({ datatypes: ['medical-file'] }))).toBe('datatype_unknown')
    expect(await refusalOf(instruct({ agreementId: small.agreementId })), 'an agreement with another supplier').toBe('holder_not_found')
    await instruct()
    await instruct()
    expect(await clause(own, small, 'arithmetic-results', 'practice-time')).toMatchObject({ agreementId })
    expect(await told(own, 'onward_clause_instructed')).toHaveLength(1)

    // Next year's agreement carries its own clause while this year's still stands.
    const nextYear = await draftAgreement(own.deps, 'operator', {
      boardId: small.boardId,
      supplierId: small.publisherId,
      kind: 'processor',
      productAgreement: 'Productovereenkomst 2027',
      retention: 'tot einde schooljaar',
      startsAt: small.until,
      endsAt: new Date('2028-07-31T22:00:00Z'),
      services: [],
    })
    await checkAgreement(own.deps, small.people.mirjam.actor, { agreementId: nextYear })
    const { hash } = await inTransaction(own.db, { actor: 'job', boards: [small.boardId] }, async (tx) =>
      agreementText(tx, (await agreementById(tx, small.boardId, nextYear, own.clock.now()))!),
    )
    await signAgreement(own.deps, small.people.ruud.actor, { agreementId: nextYear, textHash: hash })
    await instruct({ agreementId: nextYear })
    own.clock.set(small.until)
    expect(await clause(own, small, 'arithmetic-results')).toMatchObject({ agreementId: nextYear })
    await own.close()
  })

  const datatype = 'reading-level'
  /** A data set that no board instructed yet, and what can happen to it at one moment. */
  async function offered() {
    const { publisherId, holderId, holderAgreementId: agreementId } = world
    const kim = await colleagueOf(broker, await tutorOf(broker, publisherId, 'kim@rekenrijk.example'), 'bo@rekenrijk.example', ['engineer'])
    const words = { nameNl: 'leesniveau', nameEn: 'reading level', path: null }
    await addDataSet(broker.deps, kim.actor, holderId, { ...words, datatype, category: 'learning-results' })
    return {
      instruct: () => instructOnward(broker.deps, world.people.ruud.actor, { agreementId, holderId, datatypes: [datatype] }),
      withdraw: () => withdrawDataSet(broker.deps, kim.actor, holderId, datatype),
    }
  }
  const bothLedgers: Lock = async (sql) => {
    await ledgerOf(world.boardId)(sql)
    await ledgerOf(null)(sql)
  }
  const notHeld = { 'without the hold on the data set': withoutRowLock('data_sets') }

  test('C13: instructed once more while it goes off the list: neither waits for the other for ever', async () => {
    const { instruct, withdraw } = await offered()
    await instruct()
    const held: Lock = (sql) => sql`select from supplier_agreements where agreement_id = ${world.holderAgreementId} for update`
    expect(await inOrder(broker, held, instruct, withdraw)).toEqual(['done', 'done'])
    expect(await clause(broker, world, datatype)).toBeUndefined()
  })

  race('C13: instructed while the holder takes it off its list: the instruction ends with it', notHeld, async () => {
    const { instruct, withdraw } = await offered()
    expect(await inOrder(broker, bothLedgers, instruct, withdraw)).toEqual(['done', 'done'])
    expect(await clause(broker, world, datatype)).toBeUndefined()
    expect(await told(broker, 'onward_clause_ended')).toHaveLength(1)
  })

  race('C13: instructed just after: there is nothing to instruct', notHeld, async () => {
    const { instruct, withdraw } = await offered()
    expect(await inOrder(broker, bothLedgers, withdraw, instruct)).toEqual(['done', 'datatype_unknown'])
    expect(await clause(broker, world, datatype)).toBeUndefined()
  })
})
