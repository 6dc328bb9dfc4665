import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest'
import { sayOfAgreementAsSupplier } from '../../src/agreements/agreement-messages.ts'
import { confirmDuty } from '../../src/agreements/confirm-duty.ts'
import { dutiesAbout } from '../../src/agreements/duties.ts'
import { proposeService } from '../../src/agreements/proposals.ts'
import { askRight, recordRight } from '../../src/cases/ask-right.ts'
import { makeChecklistPoint } from '../../src/cases/checklist-points.ts'
import { deleteData } from '../../src/cases/delete-data.ts'
import { forwardRight, setForwardedAside } from '../../src/cases/forward-right.ts'
import { decideIncident } from '../../src/cases/handle-incident.ts'
import { closeCase, takeCase } from '../../src/cases/handle-right.ts'
import { recordEmergency } from '../../src/cases/record-emergency.ts'
import { reportIncident } from '../../src/cases/report-incident.ts'
import { tellLegalDemand } from '../../src/cases/tell-demand.ts'
import { inspectTransfer, offerTransfer, sendTransfer } from '../../src/cases/transfer-acts.ts'
import { nominateSupplier } from '../../src/catalog/invite-supplier.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { inTransaction } from '../../src/database.ts'
import { fsck } from '../../src/fsck/fsck.ts'
import type { CaseId } from '../../src/ids.ts'
import { endEnrolment } from '../../src/people/end-enrolment.ts'
import { suggestService } from '../../src/requests/suggest.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { consented } from '../support/consented.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { tellConsented, tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let built: TestBroker
let broker: TestBroker
let world: SmallWorld
let caseId: CaseId
beforeAll(async () => {
  built = broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  const use = await consented(broker, world)
  await tellConsented(broker, world, use)
  const { nadia, karim, mirjam, fatima } = world.people
  await withdrawConsent(broker.deps, nadia.actor, use.consentId)
  const [duty] = await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
    dutiesAbout(tx, world.boardId, use.consentId),
  )
  const supplier = { clientId: world.clients.organisation, supplierId: world.supplierId }
  await confirmDuty(broker.deps, supplier, { dutyId: duty!.dutyId, subprocessors: duty!.subprocessors })
  ;({ caseId } = await askRight(broker.deps, nadia.actor, { subjectId: fatima.id, kind: 'access' }))
  await takeCase(broker.deps, mirjam.actor, { caseId, revision: 0 })
  await closeCase(broker.deps, mirjam.actor, { caseId, revision: 1, outcome: 'granted', closing: 'Hier is het.' })
  const incidentId = await reportIncident(broker.deps, mirjam.actor, {
    foundAt: broker.clock.now(),
    fromAt: broker.clock.now(),
    summary: 'Een laptop is weg.',
    nature: ['stolen'],
    persons: 'Groep 6',
    dataKinds: ['learning'],
  })
  await decideIncident(broker.deps, mirjam.actor, { incidentId, revision: 0, authority: false, people: false, reasons: 'Versleuteld.' })
  await makeChecklistPoint(broker.deps, mirjam.actor, {
    schoolId: world.schoolId,
    statement: 'paper_away',
    words: 'Lijsten opruimen.',
    ownerId: mirjam.id,
    dueAt: new Date(broker.clock.now().getTime() + 86_400_000),
  })
  await tellLegalDemand(broker.deps, supplier, {
    boardId: world.boardId,
    authority: 'Politie Oost',
    ground: 'Artikel 126nd Sv',
    checkedHow: 'Teruggebeld.',
    checkedBy: 'Roos',
    data: 'Inlogtijden',
    groupSize: 3,
    reference: null,
    outcome: 'refused',
    givenAt: null,
    secret: false,
  })
  await recordEmergency(broker.deps, mirjam.actor, {
    subjectId: fatima.id,
    receiver: 'De huisarts',
    data: 'Een allergie',
    reason: 'Het kon niet wachten.',
    tried: 'Moeder gebeld.',
    givenAt: broker.clock.now(),
  })
  await proposeService(broker.deps, world.people.pim.actor, { schoolId: world.schoolId, name: 'Rekentuin', link: null, why: 'Oefenen.' })
  await sayOfAgreementAsSupplier(broker.deps, supplier, { agreementId: world.agreementId, words: 'Wanneer kijkt u ernaar?' })
  const asked = {
    boardId: world.boardId,
    kind: 'access' as const,
    reference: 'RP-1',
    hint: 'Fatima, groep 6',
    receivedAt: broker.clock.now(),
  }
  await setForwardedAside(broker.deps, mirjam.actor, await forwardRight(broker.deps, supplier, asked))
  await recordRight(broker.deps, mirjam.actor, {
    subjectId: fatima.id,
    kind: 'portability',
    madeBy: nadia.id,
    method: 'phone',
    receivedAt: broker.clock.now(),
    forwardedId: await forwardRight(broker.deps, supplier, asked),
  })
  await nominateSupplier(broker.deps, mirjam.actor, {
    legalName: 'Bijles B.V.',
    kind: 'tutoring',
    domain: 'bijles.example',
    contact: { name: 'Jo', email: 'jo@bijles.example' },
  })
  await suggestService(broker.deps, mirjam.actor, {
    serviceId: world.serviceId,
    audience: { schools: [world.schoolId], groups: [], persons: [] },
    words: 'Wie wil, kan hier thuis oefenen.',
    endsAt: new Date(broker.clock.now().getTime() + 30 * 86_400_000),
  })
  const transferId = await offerTransfer(broker.deps, mirjam.actor, {
    subjectId: fatima.id,
    receiver: { scheme: 'BRIN', value: '12AB', name: 'De Horizon' },
    contents: 'Naam en resultaten.',
  })
  for (const { actor } of [nadia, karim]) await inspectTransfer(broker.deps, actor, { transferId, remarks: null, agrees: null })
  await sendTransfer(broker.deps, mirjam.actor, transferId)
  const enrolments = await inTransaction(broker.db, { actor: 'job', boards: [world.boardId] }, (tx) =>
    tx.selectFrom('enrolments').select('enrolment_id').where('board_id', '=', world.boardId).execute(),
  )
  for (const { enrolment_id: id } of enrolments) await endEnrolment(broker.deps, mirjam.actor, id)
  broker.clock.pass({ days: 800 })
  await deleteData(broker.deps, mirjam.actor, { category: 'dossier', subjectIds: [fatima.id], how: 'Papier en schijf gewist.' })
  await Promise.all([built.db.destroy(), built.owner.end()])
})
afterAll(() => built.close())
beforeEach(async () => {
  broker = await freshBroker({ template: new URL(built.url).pathname.slice(1) })
  return () => broker.close()
})

test('duties and cases are what the ledger tells', () => expectNothingBroken(broker))

test.each([
  [
    'a duty nobody told of',
    'insert into duties select board_id, gen_random_uuid(), approach, supplier_id, null, null, began_at, due_at from duties',
  ],
  ['a confirmation taken back', 'update duties set confirmed_at = null, confirmed_by = null'],
  ['a confirmation by somebody else', "update duties set confirmed_by = 'client:evil'"],
  ['a duty gone', 'delete from duties'],
  ['an answer turned round', "update rights_cases set outcome = 'refused' where closed_at is not null"],
  [
    'a case opened again',
    'update rights_cases set closed_at = null, closed_by = null, outcome = null, closing = null where closed_at is not null',
  ],
  ['a case gone', 'delete from rights_cases'],
  ['a leak nobody told of', 'update incidents set incident_id = gen_random_uuid()'],
  [
    'a decision about a leak taken back',
    'update incidents set decided_at = null, decided_by = null, notify_authority = null, notify_people = null, reasons = null',
  ],
  ['a leak gone', 'delete from incidents'],
  ['an emergency that nobody told', 'delete from emergency_disclosures'],
  ['an emergency of an earlier day', "update emergency_disclosures set given_at = given_at - interval '1 day'"],
  ['a point of the checklist gone', 'delete from checklist_points'],
  ['a point closed by nobody', 'update checklist_points set closed_at = made_at, closed_by = owner_id'],
  ['a point that may come later', "update checklist_points set due_at = due_at + interval '1 day'"],
  ['a legal demand gone', 'delete from legal_demands'],
  ['a legal demand seen by nobody', 'update legal_demands set seen_at = told_at, seen_by = gen_random_uuid()'],
  ['data handed over that were not', "update legal_demands set outcome = 'given', given_at = told_at"],
  [
    'an answer to a proposal nobody gave',
    "update service_proposals set settled_at = proposed_at, settled_by = proposed_by, outcome = 'taken_up', answer = 'Ja.'",
  ],
  ['a message about a contract gone', 'delete from agreement_messages'],
  ['a message at another moment', "update agreement_messages set said_at = said_at - interval '1 day'"],
  ['a request that was sent on, gone', 'delete from forwarded_rights'],
  ['a request taken up that nobody took up', 'update forwarded_rights set taken_at = null, taken_by = null, case_id = null'],
  [
    'a company taken in that nobody looked at',
    "update supplier_nominations set settled_at = nominated_at, declined_because = 'Nee.', contact_name = null, contact_email = null",
  ],
  ['a proposal gone', 'delete from service_proposals'],
  [
    'a signature of a supplier nobody gave',
    "update supplier_agreements set supplier_signed_at = signed_at, supplier_signed_by = 'member:x', supplier_signed_name = 'x'",
  ],
  ['a suggestion gone', 'delete from suggestions'],
  ['a suggestion nobody made', 'update suggestions set suggestion_id = gen_random_uuid()'],
  ['a suggestion ended unseen', 'update suggestions set ended_at = suggested_at, ended_by = suggested_by'],
  ['a suggestion that lasts longer', "update suggestions set ends_at = ends_at + interval '1 year'"],
  ['a suggestion of another service', 'update suggestions set service_id = gen_random_uuid()'],
  ['a dossier that went and is said not to have', 'update transfers set sent_at = null, sent_by = null'],
  ['a dossier that went to somebody else', "update transfers set receiver = '99ZZ'"],
  ['a dossier of another pupil', 'update transfers set subject_id = offered_by'],
  ['consent that was not asked', 'update transfers set asks_consent = true'],
  ['a dossier gone', 'delete from transfers'],
  [
    'somebody who looked and is said not to have',
    'delete from transfer_inspections where inspection_id = (select min(inspection_id::text)::uuid from transfer_inspections)',
  ],
  ['agreement nobody gave', 'update transfer_inspections set agrees = true'],
  ['a proof of deletion gone', 'delete from deletions'],
  ['data of somebody else said to be deleted', 'update deletion_subjects set subject_id = gen_random_uuid()'],
  ['a deletion taken back', 'delete from deletion_subjects'],
  ['another category said to be deleted', "update deletions set category = 'administration'"],
])('%s is found', async (_what, statement) => {
  await broker.owner.unsafe(`set session_replication_role = replica; ${statement}; set session_replication_role = origin`).simple()
  expect((await fsck(broker.db)).findings['INV-05']).not.toEqual([])
})
