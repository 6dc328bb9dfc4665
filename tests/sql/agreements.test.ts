import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { ClientActor, PersonActor, SupplierActor } from '../../src/actors.ts'
import { acceptLeaflet } from '../../src/agreements/accept-leaflet.ts'
import { addendumById, openAddenda } from '../../src/agreements/addendum-store.ts'
import { checkAddendum } from '../../src/agreements/check-addendum.ts'
import { checkAgreement } from '../../src/agreements/check-agreement.ts'
import { confirmDuty } from '../../src/agreements/confirm-duty.ts'
import { councilApprovals, recordCouncilApproval } from '../../src/agreements/council-approval.ts'
import { draftAddendum } from '../../src/agreements/draft-addendum.ts'
import { draftAgreement, type NewAgreement } from '../../src/agreements/draft-agreement.ts'
import { dutiesOf } from '../../src/agreements/duties.ts'
import { endAgreement, endAgreementsPastTerm } from '../../src/agreements/end-agreement.ts'
import { rejectAddendum } from '../../src/agreements/reject-addendum.ts'
import { rejectAgreement } from '../../src/agreements/reject-agreement.ts'
import { signAddendum } from '../../src/agreements/sign-addendum.ts'
import { signAgreement } from '../../src/agreements/sign-agreement.ts'
import { agreementById, agreementInForce, coverageOf, leafletsToAccept, servicesOfAgreement } from '../../src/agreements/store.ts'
import { agreementText } from '../../src/agreements/text.ts'
import { withdrawAddendum, withdrawAgreement } from '../../src/agreements/withdraw-proposal.ts'
import { sha256 } from '../../src/canonical.ts'
import type { LeafletContent } from '../../src/catalog/leaflet.ts'
import { publishLeaflet } from '../../src/catalog/publish-leaflet.ts'
import { registerService } from '../../src/catalog/register-service.ts'
import { inTransaction, type Tx } from '../../src/database.ts'
import { FRESH_MINUTES } from '../../src/fresh-sign-in.ts'
import { fsck } from '../../src/fsck/fsck.ts'
import { type AddendumId, type AgreementId, type BoardId, newId, type PersonId, type ServiceId } from '../../src/ids.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { inOrder, whileHeld } from '../support/held.ts'
import { leafletContent } from '../support/leaflet-content.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { endOf, liveToken } from '../support/live-token.ts'
import { race, withoutRowLock } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let mirjam: PersonActor
let ruud: PersonActor
let rekenPlus: ClientActor
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  mirjam = world.people.mirjam.actor
  ruud = world.people.ruud.actor
  rekenPlus = { clientId: world.clients.organisation, supplierId: world.supplierId }
}
beforeAll(begin)
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})
beforeEach(() => broker.clock.pass({ minutes: 1 }))

const inBoard = <T>(work: (tx: Tx) => Promise<T>) => inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, work)
const refusalOf = (act: Promise<unknown>) =>
  act.then(
    () => 'done',
    (error: unknown) => (error as { code?: string }).code ?? String(error),
  )

const draft = (more: Partial<NewAgreement> = {}, by: Parameters<typeof draftAgreement>[1] = rekenPlus) =>
  draftAgreement(broker.deps, by, {
    boardId: world.boardId,
    supplierId: world.supplierId,
    kind: 'processor',
    productAgreement: 'Productovereenkomst 2027',
    retention: 'tot einde schooljaar',
    startsAt: new Date('2026-11-01T00:00:00Z'),
    endsAt: new Date('2027-07-31T22:00:00Z'),
    services: [{ serviceId: world.serviceId }],
    ...more,
  })
const hashOf = (agreementId: AgreementId) =>
  inBoard(async (tx) => (await agreementText(tx, (await agreementById(tx, world.boardId, agreementId, broker.clock.now()))!)).hash)
const signIt = async (agreementId: AgreementId, actor = ruud) =>
  signAgreement(broker.deps, actor, { agreementId, textHash: await hashOf(agreementId) })
const signed = async (more: Partial<NewAgreement> = {}) => {
  const agreementId = await draft(more)
  await checkAgreement(broker.deps, mirjam, { agreementId })
  await signIt(agreementId)
  return agreementId
}
const stateOf = (agreementId: AgreementId) =>
  inBoard(async (tx) => (await agreementById(tx, world.boardId, agreementId, broker.clock.now()))!.state)

/** A service of Reken Plus of its own, so that tests do not get in each other's way. */
const newService = async (content: LeafletContent = leafletContent) => {
  const serviceId = await registerService(broker.deps, { supplierId: world.supplierId, name: 'Rekenhulp', kind: 'I' })
  const { leafletId } = await publishLeaflet(broker.deps, { serviceId, content })
  return { serviceId, leafletId }
}
const covers = (serviceId: ServiceId, leafletId: typeof world.leafletId, partId?: string) =>
  inBoard((tx) => coverageOf(tx, world.boardId, { supplierId: world.supplierId, serviceId, leafletId, partId }, broker.clock.now()))

describe('An agreement is drafted by the supplier, checked by the school, signed by a signatory (P18, P19)', () => {
  test('and in force from its start; the bytes are kept and their hash is in the ledger', async () => {
    const { serviceId, leafletId } = await newService()
    const agreementId = await draft({ services: [{ serviceId }], startsAt: new Date('2026-11-17T00:00:00Z') })
    expect(await covers(serviceId, leafletId)).toBeUndefined()
    await checkAgreement(broker.deps, mirjam, { agreementId })
    expect(await covers(serviceId, leafletId)).toBeUndefined()
    await signIt(agreementId)
    expect(await stateOf(agreementId)).toBe('signed')
    expect(await covers(serviceId, leafletId)).toBeUndefined()
    broker.clock.pass({ days: 1 })
    expect(await stateOf(agreementId)).toBe('in_force')
    expect(await covers(serviceId, leafletId)).toMatchObject({ agreementId })

    const [row] =
      await broker.owner`select signed_text, signed_hash, signed_by from supplier_agreements where agreement_id = ${agreementId}`
    expect(row).toMatchObject({ signed_by: ruud.personId, signed_hash: sha256(row!.signed_text as string) })
    expect(row!.signed_text).toContain('Stichting De Waterlelie Onderwijs')
    expect(row!.signed_text).toContain('[x] Begeleiding bij rekenen (onlosmakelijk)')
    expect(row!.signed_text).toContain('[ ] Gesprek met ouders (optioneel)')
    const entries = (await told(broker, 'agreement_drafted', 'agreement_checked', 'agreement_signed')).filter(
      ({ ref }) => ref === agreementId,
    )
    expect(entries.map(({ event, actor }) => [event, actor])).toEqual([
      ['agreement_drafted', `client:${rekenPlus.clientId}`],
      ['agreement_checked', `person:${mirjam.personId}`],
      ['agreement_signed', `person:${ruud.personId}`],
    ])
    expect(entries[2]!.facts).toEqual({ textHash: sha256(row!.signed_text as string).toString('hex') })
  })

  test('P18 nobody but a signatory signs, whatever else they may do', async () => {
    const agreementId = await draft()
    await checkAgreement(broker.deps, mirjam, { agreementId })
    for (const who of ['mirjam', 'joost', 'els', 'pim', 'nadia', 'sara'] as const) {
      expect(await refusalOf(signIt(agreementId, world.people[who].actor)), who).toBe('signatory_only')
    }
    const stale = { ...ruud, signedInAt: new Date(broker.clock.now().getTime() - (FRESH_MINUTES + 1) * 60_000) }
    expect(await refusalOf(signIt(agreementId, stale)), 'nor a signatory who signed in long ago').toBe('sign_in_again')
    expect(await stateOf(agreementId)).toBe('checked')
  })

  test('C01 nobody without a mandate of the school checks, rejects or ends', async () => {
    const agreementId = await draft()
    for (const who of ['els', 'pim', 'nadia', 'sara'] as const) {
      const { actor } = world.people[who]
      expect(await refusalOf(checkAgreement(broker.deps, actor, { agreementId })), who).toBe('mandate_missing')
      expect(await refusalOf(rejectAgreement(broker.deps, actor, { agreementId, because: 'nee' })), who).toBe('mandate_missing')
      expect(await refusalOf(endAgreement(broker.deps, actor, { agreementId, because: 'nee' })), who).toBe('mandate_missing')
      expect(await refusalOf(draft({}, actor)), who).toBe('mandate_missing')
    }
  })

  test('what was read is what is signed: another text, or none checked, is refused', async () => {
    const agreementId = await draft()
    expect(await refusalOf(signIt(agreementId))).toBe('agreement_not_checked')
    const before = await hashOf(agreementId)
    await checkAgreement(broker.deps, mirjam, { agreementId, optionalParts: [{ serviceId: world.serviceId, partIds: ['oudergesprek'] }] })
    expect(await refusalOf(signAgreement(broker.deps, ruud, { agreementId, textHash: before }))).toBe('signed_text_differs')
    await signIt(agreementId)
    const row = await inBoard((tx) => servicesOfAgreement(tx, world.boardId, agreementId))
    expect(row[0]!.parts).toEqual(['begeleiding', 'oudergesprek'])
  })

  test('C04, M03 optional parts are off until the school chooses them one by one', async () => {
    const { serviceId, leafletId } = await newService()
    await signed({ services: [{ serviceId }] })
    expect(await covers(serviceId, leafletId, 'begeleiding')).toBeDefined()
    expect(await covers(serviceId, leafletId, 'oudergesprek')).toBeUndefined()
    const agreementId = await draft({ services: [{ serviceId }] })
    const choose = (partIds: string[]) => checkAgreement(broker.deps, mirjam, { agreementId, optionalParts: [{ serviceId, partIds }] })
    expect(await refusalOf(choose(['verkoop']))).toBe('part_unknown')
    await choose(['oudergesprek'])
    await signIt(agreementId)
    expect(await covers(serviceId, leafletId, 'oudergesprek')).toMatchObject({ agreementId })
  })

  test('C02, P02 a supplier is a processor, or a controller in an exchange that names a legal basis at both ends', async () => {
    expect(await refusalOf(draft({ kind: 'controller', supplierBasis: 'consent' }))).toBe('bases_missing')
    expect(await refusalOf(draft({ kind: 'controller', boardBasis: 'public_task' }))).toBe('bases_missing')
    expect(await refusalOf(draft({ kind: 'controller', supplierBasis: 'reclame' as never, boardBasis: 'public_task' }))).toBe(
      'bases_missing',
    )
    const agreementId = await draft({ kind: 'controller', supplierBasis: 'legal_obligation', boardBasis: 'consent' })
    await checkAgreement(broker.deps, mirjam, { agreementId })
    await signIt(agreementId)
    const [row] = await broker.owner`select signed_text from supplier_agreements where agreement_id = ${agreementId}`
    expect(row!.signed_text).toContain('Grondslag leverancier: wettelijke verplichting')
  })

  test('D02 two controllers rest each on a ground of its own, and each says why its own interest weighs enough; that is signed', async () => {
    const both = { kind: 'controller', supplierBasis: 'legitimate_interest', boardBasis: 'legitimate_interest' } as const
    expect(await refusalOf(draft(both))).toBe('basis_unmotivated')
    expect(await refusalOf(draft({ ...both, boardArgument: 'Zicht op ICT hoort bij goed bestuur.' }))).toBe('basis_unmotivated')
    expect(await refusalOf(draft({ ...both, boardBasis: 'public_task', supplierArgument: ' ' }))).toBe('basis_unmotivated')
    const argued = { boardArgument: 'Zicht op ICT hoort bij goed bestuur.', supplierArgument: 'De leden vragen om cijfers.' }
    expect(await refusalOf(draft({ ...both, ...argued, supplierArgument: 'Voor gerichte reclame.' }))).toBe('purpose_forbidden')
    const agreementId = await draft({ ...both, ...argued })
    await checkAgreement(broker.deps, mirjam, { agreementId })
    await signIt(agreementId)
    const [row] = await broker.owner`select signed_text from supplier_agreements where agreement_id = ${agreementId}`
    expect(row!.signed_text).toContain('Grondslag leverancier: gerechtvaardigd belang. Want: De leden vragen om cijfers.')
    expect(row!.signed_text).toContain('Grondslag schoolbestuur: gerechtvaardigd belang. Want: Zicht op ICT')
  })

  test('C06, M25 a deviation without its motivation, C11 advertising in any word, M02, M20 no contract that it goes with and no term of keeping, a term that is over: refused', async () => {
    const deviation = { article: '12.1', text: 'Bewaren tot zes maanden na afloop.', motivation: '' }
    expect(await refusalOf(draft({ deviations: [deviation] }))).toBe('deviation_unmotivated')
    const sly = { ...deviation, text: 'Gegevens mogen voor marketing gebruikt worden.', motivation: 'dat willen wij' }
    expect(await refusalOf(draft({ deviations: [sly] }))).toBe('purpose_forbidden')
    expect(await refusalOf(draft({ retention: 'zo lang als nodig om ons product te verbeteren' }))).toBe('purpose_forbidden')
    expect(await refusalOf(draft({ productAgreement: ' ' }))).toBe('input_invalid')
    expect(await refusalOf(draft({ retention: '' }))).toBe('input_invalid')
    expect(await refusalOf(draft({ endsAt: new Date('2026-11-02T00:00:00Z') }))).toBe('agreement_term_invalid')
    expect(await refusalOf(draft({ startsAt: new Date('2028-01-01T00:00:00Z') }))).toBe('agreement_term_invalid')
    await broker.owner`insert into supplier_agreements ${broker.owner({
      board_id: world.boardId,
      agreement_id: newId<AgreementId>(broker.clock.now()),
      supplier_id: world.supplierId,
      kind: 'processor',
      product_agreement: 'x',
      deviations: broker.owner.json([deviation]),
      retention: 'x',
      starts_at: world.since,
      ends_at: world.until,
      drafted_at: world.since,
      drafted_by: 'operator',
      checked_at: world.since,
      checked_by: mirjam.personId,
    })}`
    const [bare] = await broker.owner<
      { id: AgreementId }[]
    >`select agreement_id as id from supplier_agreements where product_agreement = 'x'`
    expect(await refusalOf(signIt(bare!.id))).toBe('deviation_unmotivated')
  })

  test('a supplier drafts for itself only, staff for their own board only; what is not there and not yours look the same', async () => {
    const stranger: SupplierActor = { clientId: 'ander' as never, supplierId: world.publisherId }
    expect(await refusalOf(draft({}, stranger))).toBe('supplier_not_found')
    expect(await refusalOf(draft({ supplierId: newId(broker.clock.now()) }, 'operator'))).toBe('supplier_not_found')
    expect(await refusalOf(draft({ boardId: newId<BoardId>(broker.clock.now()) }))).toBe('board_not_found')
    const elsewhere = { ...mirjam, boardId: newId<BoardId>(broker.clock.now()) }
    expect(await refusalOf(draft({}, elsewhere))).toBe('board_not_found')
    expect(await refusalOf(draft({ supplierId: world.publisherId, services: [{ serviceId: world.serviceId }] }, 'operator'))).toBe(
      'service_not_found',
    )
    const agreementId = await draft()
    expect(await refusalOf(checkAgreement(broker.deps, elsewhere, { agreementId }))).toBe('mandate_missing')
    expect(await refusalOf(checkAgreement(broker.deps, mirjam, { agreementId: newId(broker.clock.now()) }))).toBe('agreement_not_found')
  })

  test('from the draft on the supplier is linked to the board, and can find the agreement by its id', async () => {
    const agreementId = await draft()
    expect(
      await broker.owner`select ref from handles where kind = 'agreement' and owner = ${world.supplierId} and handle = ${agreementId}`,
    ).toEqual([{ ref: agreementId }])
  })
})

describe('Ending an agreement (M21, M28)', () => {
  test('ends its tokens at once and starts the duty to destroy, which names the subprocessors', async () => {
    const own = await freshBroker()
    const small = await smallWorld(own)
    const [org, direct] = [await consented(own, small), await consented(own, small, { approach: 'subject' })]
    const tokens = [await liveToken(own, small, org), await liveToken(own, small, direct, 'subject')] as const
    const supplier: SupplierActor = { clientId: small.clients.organisation, supplierId: small.supplierId }
    await endAgreement(own.deps, small.people.mirjam.actor, { agreementId: small.agreementId, because: 'opgezegd' })
    expect(await endOf(own, tokens[0])).toEqual({ because: 'agreement_ended', bit: true })
    expect(await endOf(own, tokens[1]), 'the direct way needs no agreement with the supplier').toBeUndefined()
    const [duty] = await inTransaction(own.db, { actor: 'job', boards: [small.boardId] }, (tx) => dutiesOf(tx, small.boardId))
    expect(duty).toMatchObject({ agreementId: small.agreementId, confirmedAt: null, subprocessors: ['Opslag Ierland Ltd.'] })
    expect((await told(own, 'agreement_ended'))[0]).toMatchObject({
      ref: small.agreementId,
      facts: { dutyId: duty!.dutyId, endedTokens: [tokens[0]] },
    })

    // M22, M23: confirmed by that supplier only, and for every subprocessor.
    const { dutyId } = duty!
    const other: SupplierActor = { clientId: small.clients.holder, supplierId: small.publisherId }
    expect(await refusalOf(confirmDuty(own.deps, other, { dutyId, subprocessors: ['Opslag Ierland Ltd.'] }))).toBe('duty_not_found')
    expect(await refusalOf(confirmDuty(own.deps, supplier, { dutyId, subprocessors: [] }))).toBe('destruction_incomplete')
    await confirmDuty(own.deps, supplier, { dutyId, subprocessors: ['Opslag Ierland Ltd.'] })
    await confirmDuty(own.deps, supplier, { dutyId, subprocessors: ['Opslag Ierland Ltd.'] })
    expect(await told(own, 'duty_confirmed')).toHaveLength(1)

    // The holder's agreement carries both ways; the school's chain does not tell of the direct one.
    await endAgreement(own.deps, small.people.ruud.actor, { agreementId: small.holderAgreementId, because: 'opgezegd' })
    expect(await endOf(own, tokens[1])).toEqual({ because: 'agreement_ended', bit: true })
    expect((await told(own, 'agreement_ended'))[1]!.facts.endedTokens).toEqual([])
    expect(await told(own, 'tokens_ended')).toMatchObject([{ chain: `${small.boardId}:subject`, facts: { endedTokens: [tokens[1]] } }])
    await expectLedgerWhole(own, small.boardId)
    await own.close()
  })

  test('once; and a later use needs a new agreement', async () => {
    const { serviceId, leafletId } = await newService()
    const agreementId = await signed({ services: [{ serviceId }] })
    await endAgreement(broker.deps, mirjam, { agreementId, because: 'opgezegd' })
    expect(await covers(serviceId, leafletId)).toBeUndefined()
    expect(await refusalOf(endAgreement(broker.deps, mirjam, { agreementId, because: 'opgezegd' }))).toBe('agreement_ended')
    expect(await refusalOf(signIt(agreementId))).toBe('agreement_ended')
  })

  const anyState = {
    'where none is held, and what ended can end': [
      { statements: / for update skip locked/ },
      { statements: /(?<=supplier_agreements.*) and "ended_at" is null/ },
    ],
  }
  race(
    'its term ends it by itself, and the job starts the duty once, also when two run at once',
    anyState,
    async () => {
      const { serviceId, leafletId } = await newService()
      const endsAt = new Date(broker.clock.now().getTime() + 60_000)
      const agreementId = await signed({ services: [{ serviceId }], endsAt })
      expect(await endAgreementsPastTerm(broker.deps, world.boardId)).toEqual([])
      broker.clock.set(endsAt)
      expect(await covers(serviceId, leafletId)).toBeUndefined()
      expect(await stateOf(agreementId)).toBe('ended')
      const runs = await Promise.all([1, 2, 3].map(() => endAgreementsPastTerm(broker.deps, world.boardId)))
      expect(runs.flat()).toEqual([agreementId])
      expect((await inBoard((tx) => dutiesOf(tx, world.boardId))).filter((duty) => duty.agreementId === agreementId)).toHaveLength(1)
    },
    begin,
  )
})

describe('An addendum brings in what was not foreseen (K11)', () => {
  test('drafted, checked, signed by a signatory; covered from its signature', async () => {
    const { serviceId } = await newService()
    const agreementId = await signed({ services: [{ serviceId }] })
    const extra = await newService()
    const addendumId = await draftAddendum(broker.deps, rekenPlus, {
      boardId: world.boardId,
      agreementId,
      serviceId: extra.serviceId,
      partIds: ['oudergesprek'],
    })
    const text = async () => (await inBoard((tx) => addendumById(tx, world.boardId, addendumId)))!.text
    const sign = async (actor = ruud) => signAddendum(broker.deps, actor, { addendumId, textHash: sha256(await text()).toString('hex') })
    expect(await refusalOf(sign())).toBe('addendum_not_checked')
    await checkAddendum(broker.deps, mirjam, { addendumId })
    expect(await refusalOf(sign(mirjam))).toBe('signatory_only')
    expect(await refusalOf(signAddendum(broker.deps, ruud, { addendumId, textHash: '00' }))).toBe('signed_text_differs')
    expect(await covers(extra.serviceId, extra.leafletId)).toBeUndefined()
    await sign()
    expect(await covers(extra.serviceId, extra.leafletId, 'oudergesprek')).toMatchObject({ agreementId })
    expect(await refusalOf(sign())).toBe('addendum_already_signed')
    expect(await refusalOf(rejectAddendum(broker.deps, mirjam, { addendumId, because: 'nee' }))).toBe('addendum_already_signed')
  })

  test('not to an agreement that ended, or of another supplier; a rejected one is not signed', async () => {
    const { serviceId } = await newService()
    const agreementId = await signed({ services: [{ serviceId }] })
    const input = { boardId: world.boardId, agreementId, serviceId }
    const other: SupplierActor = { clientId: world.clients.holder, supplierId: world.publisherId }
    expect(await refusalOf(draftAddendum(broker.deps, other, input))).toBe('agreement_not_found')
    const [rejected, late] = [await draftAddendum(broker.deps, mirjam, input), await draftAddendum(broker.deps, 'operator', input)]
    await rejectAddendum(broker.deps, mirjam, { addendumId: rejected, because: 'niet nodig' })
    expect((await inBoard((tx) => openAddenda(tx, world.boardId))).map((addendum) => addendum.addendumId)).toEqual([late])
    await checkAddendum(broker.deps, mirjam, { addendumId: late })
    await endAgreement(broker.deps, mirjam, { agreementId, because: 'opgezegd' })
    const sign = async (addendumId: AddendumId) => {
      const { text } = (await inBoard((tx) => addendumById(tx, world.boardId, addendumId)))!
      await signAddendum(broker.deps, ruud, { addendumId, textHash: sha256(text).toString('hex') })
    }
    expect(await refusalOf(sign(rejected))).toBe('addendum_not_checked')
    expect(await refusalOf(sign(late))).toBe('agreement_ended')
    expect(await refusalOf(draftAddendum(broker.deps, mirjam, input))).toBe('agreement_ended')
  })
})

describe('A new leaflet version is not in force until it is accepted (M26)', () => {
  test('one that changes formalities only leaves what was answered as it is', async () => {
    const { serviceId, leafletId } = await newService()
    const agreementId = await signed({ services: [{ serviceId }] })
    const next = await publishLeaflet(broker.deps, {
      serviceId,
      content: { ...leafletContent, contact: { ...leafletContent.contact, name: 'Nieuwe medewerker' }, changed: '2026-11-01' },
    })
    expect(await covers(serviceId, next.leafletId)).toBeUndefined()
    const waiting = async () =>
      (await inBoard((tx) => leafletsToAccept(tx, world.boardId, broker.clock.now()))).filter((one) => one.agreementId === agreementId)
    expect(await waiting()).toEqual([{ agreementId, serviceId, acceptedLeafletId: leafletId, newestLeafletId: next.leafletId }])
    expect(await acceptLeaflet(broker.deps, mirjam, { agreementId, serviceId, leafletId: next.leafletId })).toEqual({ asksAgain: false })
    expect(await covers(serviceId, next.leafletId)).toMatchObject({ agreementId })
    expect(await covers(serviceId, leafletId)).toMatchObject({ agreementId })
    expect(await waiting()).toEqual([])
    expect(await acceptLeaflet(broker.deps, mirjam, { agreementId, serviceId, leafletId: next.leafletId })).toEqual({ asksAgain: false })
  })

  test('one that adds a subprocessor is accepted by a signatory, covers instead of the old one, and ends the tokens', async () => {
    const own = await freshBroker()
    const small = await smallWorld(own)
    const tokenId = await liveToken(own, small, await consented(own, small))
    const { serviceId, agreementId } = small
    const { leafletId } = await publishLeaflet(own.deps, {
      serviceId,
      content: {
        ...leafletContent,
        subprocessors: [...leafletContent.subprocessors, { name: 'Cloud Inc.', task: 'opslag', country: 'US' }],
      },
    })
    const accept = (who: 'mirjam' | 'ruud') => acceptLeaflet(own.deps, small.people[who].actor, { agreementId, serviceId, leafletId })
    expect(await refusalOf(accept('mirjam'))).toBe('signatory_only')
    expect(await endOf(own, tokenId)).toBeUndefined()
    expect(await accept('ruud')).toEqual({ asksAgain: true })
    expect(await endOf(own, tokenId)).toEqual({ because: 'leaflet_superseded', bit: true })
    const covered = (version: typeof leafletId) =>
      inTransaction(own.db, { actor: 'job', boards: [small.boardId] }, (tx) =>
        coverageOf(tx, small.boardId, { supplierId: small.supplierId, serviceId, leafletId: version }, own.clock.now()),
      )
    expect(await covered(leafletId)).toBeDefined()
    expect(await covered(small.leafletId)).toBeUndefined()
    expect(
      await refusalOf(acceptLeaflet(own.deps, small.people.ruud.actor, { agreementId, serviceId, leafletId: small.leafletId })),
      'there is no way back',
    ).toBe('leaflet_superseded')
    await own.close()
  })

  test('not for a service that is not in the agreement, nor a leaflet of another service', async () => {
    const [one, two] = [await newService(), await newService()]
    const agreementId = await signed({ services: [{ serviceId: one.serviceId }] })
    expect(await refusalOf(acceptLeaflet(broker.deps, ruud, { agreementId, ...two }))).toBe('service_not_found')
    const mixed = { agreementId, serviceId: one.serviceId, leafletId: two.leafletId }
    expect(await refusalOf(acceptLeaflet(broker.deps, ruud, mixed))).toBe('leaflet_not_found')
  })
})

/** Held twice: by the lock on the row, and by the old state in the WHERE. */
const withoutBoth = {
  'without the lock on the agreement, and from any state': [
    withoutRowLock('supplier_agreements'),
    { statements: /(update "supplier_agreements".*?"agreement_id" = \$\d+).*/, become: '$1' },
  ],
}

describe('Who proposed it takes it back until it is signed, or puts another in its place', () => {
  test('the school checks and signs it no more; another supplier, and what the school drafted, is refused', async () => {
    const agreementId = await draft()
    await checkAgreement(broker.deps, mirjam, { agreementId })
    const stranger = { clientId: world.clients.holder, supplierId: world.publisherId }
    expect(await refusalOf(withdrawAgreement(broker.deps, stranger, agreementId))).toBe('agreement_not_found')
    await withdrawAgreement(broker.deps, rekenPlus, agreementId)
    expect(await stateOf(agreementId)).toBe('withdrawn')
    expect(await refusalOf(signIt(agreementId))).toBe('agreement_not_checked')
    expect(await refusalOf(withdrawAgreement(broker.deps, rekenPlus, agreementId))).toBe('agreement_not_draft')
    expect(await refusalOf(withdrawAgreement(broker.deps, rekenPlus, await signed()))).toBe('agreement_already_signed')
    expect(await refusalOf(withdrawAgreement(broker.deps, rekenPlus, await draft({}, mirjam)))).toBe('not_allowed')
  })

  test('a new proposal withdraws the one it replaces in the same act, or neither is done', async () => {
    const old = await draft()
    const next = await draft({ replaces: old, retention: 'een maand' })
    const both = await inBoard(async (tx) => [
      await agreementById(tx, world.boardId, old, broker.clock.now()),
      await agreementById(tx, world.boardId, next, broker.clock.now()),
    ])
    expect(both).toMatchObject([{ state: 'withdrawn', succeededBy: next }, { state: 'draft' }])
    const standing = await signed()
    const before = (await told(broker, 'agreement_drafted')).length
    expect(await refusalOf(draft({ replaces: standing }))).toBe('agreement_already_signed')
    expect(await refusalOf(draft({ replaces: world.holderAgreementId }))).toBe('agreement_not_found')
    expect((await told(broker, 'agreement_drafted')).length).toBe(before)
    const found = Object.values((await fsck(broker.db)).findings).flat()
    expect(found.filter((finding) => finding.includes(old) || finding.includes(next))).toEqual([])
  })

  test('an addendum too', async () => {
    const agreementId = await signed()
    const { serviceId } = await newService()
    const propose = (by: Parameters<typeof draftAddendum>[1]) =>
      draftAddendum(broker.deps, by, { boardId: world.boardId, agreementId, serviceId })
    const addendumId = await propose(rekenPlus)
    await withdrawAddendum(broker.deps, rekenPlus, { agreementId, addendumId })
    expect(await refusalOf(checkAddendum(broker.deps, mirjam, { addendumId }))).toBe('addendum_not_draft')
    expect(await refusalOf(withdrawAddendum(broker.deps, rekenPlus, { agreementId, addendumId }))).toBe('addendum_not_draft')
    const bySchool = { agreementId, addendumId: await propose(mirjam) }
    expect(await refusalOf(withdrawAddendum(broker.deps, rekenPlus, bySchool))).toBe('not_allowed')
    const elsewhere = { agreementId: await signed(), addendumId: await propose(rekenPlus) }
    expect(await refusalOf(withdrawAddendum(broker.deps, rekenPlus, elsewhere))).toBe('addendum_not_found')
  })
})

describe('Two at once: one of them', () => {
  const hold = (agreementId: AgreementId) => (sql: TestBroker['owner']) =>
    sql`select 1 from supplier_agreements where agreement_id = ${agreementId} for update`
  const outcomes = (settled: PromiseSettledResult<unknown>[]) =>
    settled.map((result) => (result.status === 'fulfilled' ? 'done' : (result.reason as { code: string }).code)).toSorted()

  race(
    'two signatories sign: one signature',
    withoutBoth,
    async () => {
      const second = newId<PersonId>(broker.clock.now())
      await broker.owner`insert into persons (board_id, person_id, given_name, family_name, created_at)
      values (${world.boardId}, ${second}, 'Tweede', 'Bestuurder', ${world.since})`
      await broker.owner`insert into mandates (board_id, mandate_id, person_id, role, starts_at)
      values (${world.boardId}, ${newId(broker.clock.now())}, ${second}, 'signatory', ${world.since})`
      const agreementId = await draft()
      await checkAgreement(broker.deps, mirjam, { agreementId })
      const textHash = await hashOf(agreementId)
      const sign = (personId: PersonId) => () => signAgreement(broker.deps, { ...ruud, personId }, { agreementId, textHash })
      expect(outcomes(await whileHeld(broker, hold(agreementId), [sign(ruud.personId), sign(second)]))).toEqual([
        'agreement_already_signed',
        'done',
      ])
      expect((await told(broker, 'agreement_signed')).filter(({ ref }) => ref === agreementId)).toHaveLength(1)
    },
    begin,
  )

  const secondThoughts = {
    rejects: {
      become: 'rejected',
      act: (agreementId: AgreementId) => rejectAgreement(broker.deps, mirjam, { agreementId, because: 'toch niet' }),
      constraint: 'supplier_agreements_rejected_is_not_signed',
    },
    'takes it back': {
      become: 'withdrawn',
      act: (agreementId: AgreementId) => withdrawAgreement(broker.deps, rekenPlus, agreementId),
      constraint: 'supplier_agreements_withdrawn_is_nothing_else',
    },
  }
  for (const [what, { become, act, constraint }] of Object.entries(secondThoughts)) {
    const andNoConstraint = {
      'without lock, state and constraint': [
        ...withoutBoth['without the lock on the agreement, and from any state'],
        { schema: `alter table supplier_agreements drop constraint ${constraint}` },
      ],
    }
    race(
      `one signs while another ${what}: the one or the other, never both`,
      andNoConstraint,
      async () => {
        const agreementId = await draft()
        await checkAgreement(broker.deps, mirjam, { agreementId })
        const textHash = await hashOf(agreementId)
        const settled = await whileHeld(broker, hold(agreementId), [
          () => signAgreement(broker.deps, ruud, { agreementId, textHash }),
          () => act(agreementId),
        ])
        expect(outcomes(settled).filter((outcome) => outcome === 'done')).toHaveLength(1)
        expect(['in_force', become]).toContain(await stateOf(agreementId))
      },
      begin,
    )
  }

  race(
    'two end it: one ending, one duty',
    withoutBoth,
    async () => {
      const agreementId = await signed()
      const act = () => endAgreement(broker.deps, mirjam, { agreementId, because: 'opgezegd' })
      expect(outcomes(await whileHeld(broker, hold(agreementId), [act, act]))).toEqual(['agreement_ended', 'done'])
      expect((await inBoard((tx) => dutiesOf(tx, world.boardId))).filter((duty) => duty.agreementId === agreementId)).toHaveLength(1)
    },
    begin,
  )

  const endless = { 'where an ended agreement covers': { statements: /"a"."ended_at" is null/, become: 'true' } }
  race(
    'an addendum is signed while its agreement ends: it never covers anything after',
    endless,
    async () => {
      const { serviceId } = await newService()
      const extra = await newService()
      const agreementId = await signed({ services: [{ serviceId }] })
      const addendumId = await draftAddendum(broker.deps, rekenPlus, { boardId: world.boardId, agreementId, serviceId: extra.serviceId })
      await checkAddendum(broker.deps, mirjam, { addendumId })
      const { text } = (await inBoard((tx) => addendumById(tx, world.boardId, addendumId)))!
      await inOrder(
        broker,
        hold(agreementId),
        () => signAddendum(broker.deps, ruud, { addendumId, textHash: sha256(text).toString('hex') }),
        () => endAgreement(broker.deps, mirjam, { agreementId, because: 'opgezegd' }),
      )
      expect(await covers(extra.serviceId, extra.leafletId)).toBeUndefined()
      expect(await stateOf(agreementId)).toBe('ended')
    },
    begin,
  )
})

describe('The councils (P22)', () => {
  test('their consent is recorded by the school, not before it was given', async () => {
    const about = { council: 'PMR' as const, about: 'benchmark administratie' }
    expect(await refusalOf(recordCouncilApproval(broker.deps, mirjam, { ...about, approvedOn: '2030-01-01' }))).toBe('approval_in_future')
    expect(await refusalOf(recordCouncilApproval(broker.deps, world.people.sara.actor, { ...about, approvedOn: '2026-11-01' }))).toBe(
      'mandate_missing',
    )
    const approvalId = await recordCouncilApproval(broker.deps, mirjam, { ...about, approvedOn: '2026-11-01', ref: world.agreementId })
    expect(await inBoard((tx) => councilApprovals(tx, world.boardId, world.agreementId))).toEqual([
      { approvalId, ...about, ref: world.agreementId, approvedOn: '2026-11-01' },
    ])
  })
})

test('agreementInForce names the agreement with the supplier, and none when there is none', async () => {
  const inForce = (supplierId: typeof world.supplierId) =>
    inBoard((tx) => agreementInForce(tx, world.boardId, supplierId, broker.clock.now()))
  expect(await inForce(world.publisherId)).toMatchObject({ agreementId: world.holderAgreementId, kind: 'processor' })
  expect(await inForce(newId(broker.clock.now()))).toBeUndefined()
})
