import { afterEach, beforeEach, describe, expect } from 'vitest'
import { sayOfAgreement } from '../../src/agreements/agreement-messages.ts'
import { STATEMENTS } from '../../src/cases/checklist.ts'
import { closeChecklistPoint, makeChecklistPoint } from '../../src/cases/checklist-points.ts'
import { sheetsOf } from '../../src/cases/checklist-store.ts'
import { deleteData } from '../../src/cases/delete-data.ts'
import { handInChecklist } from '../../src/cases/hand-in-checklist.ts'
import { demandsAtBoard, demandsOfSupplier, type NewLegalDemand } from '../../src/cases/legal-demand.ts'
import { noteDemandSeen, tellLegalDemand } from '../../src/cases/tell-demand.ts'
import { tellMembers } from '../../src/cases/tell-members.ts'
import { INSPECTION_DAYS } from '../../src/cases/transfer.ts'
import { cancelTransfer, offerTransfer, sendTransfer } from '../../src/cases/transfer-acts.ts'
import { figuresOf } from '../../src/consents/figures.ts'
import { roundsNamed } from '../../src/consents/rounds.ts'
import { hashOfFigures, shareFigures } from '../../src/consents/share-figures.ts'
import { inTransaction, type Scope } from '../../src/database.ts'
import { type AccountId, type BoardId, type MemberId, newId } from '../../src/ids.ts'
import { makeLinkCode } from '../../src/requests/link-codes.ts'
import { endSuggestion, suggestService } from '../../src/requests/suggest.ts'
import { asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { ledgerOf, whileHeld } from '../support/held.ts'
import { anybodys, instead, race, type Sabotage, without, withoutLock, withoutRowLock } from '../support/race.ts'
import { tutorOf } from '../support/tutor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const brokers: TestBroker[] = []
let broker: TestBroker
let world: SmallWorld
beforeEach(async () => {
  broker = await freshBroker()
  brokers.push(broker)
  world = await smallWorld(broker)
})
afterEach(async () => {
  for (const each of brokers.splice(0)) await each.close()
})

const DAY = 86_400_000
const legalDemand = (boardId: BoardId): NewLegalDemand => ({
  boardId,
  authority: 'Politie Oost',
  ground: 'Artikel 126nd Sv',
  checkedHow: 'Teruggebeld via het hoofdnummer.',
  checkedBy: 'Roos Plus',
  data: 'Inlogtijden van oktober',
  groupSize: 1,
  reference: null,
  outcome: 'waits',
  givenAt: null,
  secret: false,
})
const later = (days: number) => new Date(broker.clock.now().getTime() + days * DAY)
const outcomes = (done: PromiseSettledResult<unknown>[]) =>
  done.map((one) => (one.status === 'fulfilled' ? 'done' : String((one.reason as { code?: string }).code))).toSorted()
const told = async (...events: string[]) =>
  (await broker.owner<{ event: string }[]>`select event from ledger where event = any(${events})`).length

/** As if what was done already were not in the way. */
const doneAgain = (table: string, column: string): Sabotage[] => [
  instead(new RegExp(`(?<=update "${table}"[\\s\\S]*) and "${column}" is null`, 'g'), ''),
]

describe('Two of the staff do one thing at once: it happens once, and the ledger tells it once', () => {
  race(
    'P32 a dossier goes, or it does not: one colleague sends it while the other stops it',
    {
      'without the lock on the dossier, nor the look whether it went': [
        withoutRowLock('transfers'),
        instead(/(?<=update "transfers"[\s\S]*) and "sent_at" is null and "cancelled_at" is null/, ''),
      ],
    },
    async () => {
      const { mirjam, joost, fatima } = world.people
      const transferId = await offerTransfer(broker.deps, mirjam.actor, {
        subjectId: fatima.id,
        receiver: { scheme: 'BRIN', value: '12AB', name: 'De Horizon' },
        contents: 'Naam en resultaten.',
      })
      broker.clock.pass({ days: INSPECTION_DAYS })
      const done = await whileHeld(broker, ledgerOf(world.boardId), [
        () => sendTransfer(broker.deps, mirjam.actor, transferId),
        () => cancelTransfer(broker.deps, joost.actor, transferId),
      ])
      expect(outcomes(done)).toEqual(['done', 'transfer_over'])
      expect(await told('transfer_sent', 'transfer_cancelled')).toBe(1)
    },
  )

  race(
    'P38 what is to be deleted is deleted once, with one proof',
    {
      'where the same data can be deleted twice': [
        { schema: 'alter table deletion_subjects drop constraint deletion_subjects_pkey' },
        without(/(?<=into "deletion_subjects"[\s\S]*) on conflict do nothing/),
      ],
    },
    async () => {
      const { mirjam, joost, fatima } = world.people
      await broker.owner`update enrolments set ends_at = ${broker.clock.now()} where person_id = ${fatima.id}`
      broker.clock.pass({ days: 800 })
      const remove = (actor: typeof mirjam.actor) =>
        deleteData(broker.deps, actor, { category: 'dossier', subjectIds: [fatima.id], how: 'Gewist.' })
      const done = await whileHeld(broker, ledgerOf(world.boardId), [() => remove(mirjam.actor), () => remove(joost.actor)])
      expect(outcomes(done)).toEqual(['deletion_not_due', 'done'])
      expect(await told('data_deleted')).toBe(1)
    },
  )

  race(
    'P46 a point of the checklist is closed once',
    { 'where it can be closed twice': doneAgain('checklist_points', 'closed_at') },
    async () => {
      const { mirjam, joost, pim } = world.people
      const pointId = await makeChecklistPoint(broker.deps, mirjam.actor, {
        schoolId: world.schoolId,
        statement: 'paper_away',
        words: 'Lijsten opruimen.',
        ownerId: pim.id,
        dueAt: later(30),
      })
      const done = await whileHeld(broker, ledgerOf(world.boardId), [
        () => closeChecklistPoint(broker.deps, pim.actor, pointId),
        () => closeChecklistPoint(broker.deps, joost.actor, pointId),
      ])
      expect(outcomes(done)).toEqual(['changed_meanwhile', 'done'])
      expect(await told('checklist_point_closed')).toBe(1)
    },
  )

  race(
    'P46 what a colleague answered is theirs',
    { 'where anybody’s sheet will do': anybodys('checklist_answers', 'person_id') },
    async () => {
      const { mirjam, pim } = world.people
      const answers = Object.fromEntries(STATEMENTS.map((one) => [one, { answer: 'not_ok' as const, note: null }]))
      await handInChecklist(broker.deps, pim.actor, answers)
      const sheets = (of: typeof pim) =>
        inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) => sheetsOf(tx, world.boardId, of.id))
      expect([...(await sheets(pim)).keys()]).toHaveLength(1)
      expect([...(await sheets(mirjam)).keys()]).toEqual([])
    },
  )

  race(
    'D12 of figures that two share at once one share stands',
    { 'where nobody waits and two may stand': [withoutRowLock('rounds'), withoutLock, { schema: 'drop index figure_shares_one_open' }] },
    async () => {
      const { roundId } = await asking(broker, world).round([imageItem('website')])
      const seen = await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, async (tx) => {
        const [round] = await roundsNamed(tx, world.boardId, [roundId])
        return hashOfFigures(await figuresOf(tx, round!, broker.clock.now()))
      })
      const share = () => shareFigures(broker.deps, world.people.ruud.actor, { roundId, complete: true, seen })
      const done = await whileHeld(broker, ledgerOf(world.boardId), [share, share])
      expect(outcomes(done)).toEqual(['done', 'done'])
      expect(await broker.owner`select from figure_shares where ended_at is null`).toHaveLength(1)
      expect([await told('figures_shared'), await told('figures_unshared')]).toEqual([2, 1])
    },
  )

  race('K14 a suggestion is taken away once', { 'where it can end twice': doneAgain('suggestions', 'ended_at') }, async () => {
    const { mirjam, joost } = world.people
    const suggestionId = await suggestService(broker.deps, mirjam.actor, {
      serviceId: world.serviceId,
      audience: { schools: [world.schoolId], groups: [], persons: [] },
      words: 'Wie wil, kan hier thuis oefenen.',
      endsAt: later(30),
    })
    const end = (actor: typeof mirjam.actor) => endSuggestion(broker.deps, actor, suggestionId)
    const done = await whileHeld(broker, ledgerOf(world.boardId), [() => end(mirjam.actor), () => end(joost.actor)])
    expect(outcomes(done)).toEqual(['done', 'suggestion_not_found'])
    expect(await told('suggestion_ended')).toBe(1)
  })

  race('C13 that a demand was seen is noted once', { 'where it can be seen twice': doneAgain('legal_demands', 'seen_at') }, async () => {
    const { mirjam, joost } = world.people
    const demandId = await tellLegalDemand(broker.deps, (await tutorOf(broker, world.supplierId)).actor, legalDemand(world.boardId))
    const see = (actor: typeof mirjam.actor) => noteDemandSeen(broker.deps, actor, demandId)
    const done = await whileHeld(broker, ledgerOf(world.boardId), [() => see(mirjam.actor), () => see(joost.actor)])
    expect(outcomes(done)).toEqual(['changed_meanwhile', 'done'])
    expect(await told('legal_demand_seen')).toBe(1)
  })
})

describe('What a company tells one board is no other board’s, and no other company’s (INV-07)', () => {
  const leaks = {
    'where a board reads what is told to any': [
      { schema: 'alter policy of_its_board on legal_demands using (true)' },
      anybodys('legal_demands', 'board_id'),
    ],
    'where a company reads what another told': anybodys('legal_demands', 'supplier_id'),
    'where a board notes having seen what another was told': [
      { schema: 'alter policy of_its_board on legal_demands using (true)' },
      instead(/(?<=update "legal_demands"[\s\S]*)"board_id" = (\$\d+)/, '$1::uuid is not null'),
    ],
  }
  race('C13 a demand by law', leaks, async () => {
    const elsewhere = await smallWorld(broker, world)
    const roos = await tutorOf(broker, world.supplierId)
    const demandId = await tellLegalDemand(broker.deps, roos.actor, legalDemand(world.boardId))
    const theirs: Scope = { actor: 'staff', boards: [elsewhere.boardId] }
    expect(await inTransaction(broker.db, theirs, (tx) => demandsAtBoard(tx, elsewhere.boardId))).toEqual([])
    expect(await demandsOfSupplier(broker.db, world.publisherId)).toEqual([])
    await expect(noteDemandSeen(broker.deps, elsewhere.people.mirjam.actor, demandId)).rejects.toThrow('changed_meanwhile')
    expect(await demandsOfSupplier(broker.db, world.supplierId)).toMatchObject([{ demandId, seen: null }])
  })
})

/** As if nobody had noted it before. */
const notedAgain = (table: string): Sabotage[] => [
  { schema: `alter table ${table} drop constraint ${table}_pkey` },
  without(new RegExp(`(?<=into "${table}"[\\s\\S]*) on conflict.* do nothing`)),
]

describe('What is done twice at once is there once', () => {
  race('M16 two processes tell a supplier what waits: one mail', { 'where it is noted twice': notedAgain('member_tidings') }, async () => {
    const [accountId, at] = [newId<AccountId>(broker.clock.now()), broker.clock.now()]
    await broker.owner`insert into accounts (account_id, email, created_at) values (${accountId}, 'baas@rekenplus.example', ${at})`
    await broker.owner`insert into members (member_id, supplier_id, account_id, name, roles, joined_at)
      values (${newId<MemberId>(at)}, ${world.supplierId}, ${accountId}, 'Medewerker', ${['administrator']}, ${at})`
    await sayOfAgreement(broker.deps, world.people.mirjam.actor, { agreementId: world.agreementId, words: 'Klopt dit?' })
    const tell = () => tellMembers(broker.deps, world.boardId)
    // The first waits to write its mail, the second for what the first noted.
    const ends = await whileHeld(broker, (sql) => sql`lock table deliveries in share mode`, [tell, tell])
    expect(new Set(ends.map((one) => (one.status === 'fulfilled' ? one.value : one.reason)))).toEqual(new Set([0, 1]))
  })

  race('K12 one form of a link code, sent twice, makes one code', { 'where one code is made twice': notedAgain('handles') }, async () => {
    const asked = { subjectId: world.people.fatima.id, supplierId: world.supplierId, code: 'c'.repeat(43) }
    const make = () => makeLinkCode(broker.deps, world.people.nadia.actor, asked)
    // The first waits to tell the ledger, the second for the code of the first.
    const made = await whileHeld(broker, ledgerOf(world.boardId, 'subject'), [make, make])
    expect(outcomes(made)).toEqual(['done', 'done'])
    expect(await broker.owner`select from link_codes`).toHaveLength(1)
    expect(await told('link_code_made')).toBe(1)
  })
})
