import { inTransaction } from '../../src/database.ts'
import type { ConsentId, PersonId, ReleaseId, RequestId } from '../../src/ids.ts'
import { askSchool, type SchoolAsk } from '../../src/requests/ask-school.ts'
import { type Forwarding, forwardRequest } from '../../src/requests/forward-request.ts'
import { matchSubjects } from '../../src/requests/match-subjects.ts'
import { subjectsOf } from '../../src/requests/store.ts'
import { requestOf } from '../../src/requests/supplier-view.ts'
import type { TestBroker } from './broker.ts'
import type { SmallWorld } from './world.ts'

/** What Reken Plus asks of De Regenboog about Fatima: foreseen in no round. */
export const arithmeticAsk = (world: SmallWorld, change: Partial<SchoolAsk> = {}): SchoolAsk => ({
  addressedTo: { scheme: 'BRIN', value: '99ZA' },
  serviceId: world.serviceId,
  partId: 'begeleiding',
  resource: world.resource,
  datatypes: ['arithmetic-results'],
  purpose: '5.1.a',
  startsAt: new Date('2026-11-15T23:00:00Z'),
  endsAt: new Date('2027-02-01T23:00:00Z'),
  occasion: 'Fatima loopt vast met rekenen.',
  reason: { nl: 'Zo ziet de begeleider waar Fatima moeite mee heeft.', en: 'So the guide sees what Fatima finds hard.' },
  subjects: [{ reference: 'rp-1', hint: 'Fatima, groep 6' }],
  ...change,
})

const alternative = { nl: 'De begeleider doet eerst zelf een toets met uw kind.' }

/** The steps of the organisation-oriented approach as the stories tell them. */
export function requesting(broker: TestBroker, world: SmallWorld) {
  const supplier = { clientId: world.clients.organisation, supplierId: world.supplierId }
  const staff = world.people.mirjam.actor
  const subjects = (requestId: RequestId) =>
    inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) => subjectsOf(tx, world.boardId, requestId))
  const asks = async (change: Partial<SchoolAsk> = {}): Promise<RequestId> =>
    (await askSchool(broker.deps, supplier, arithmeticAsk(world, change))).requestId
  const matched = async (requestId: RequestId, personId: PersonId = world.people.fatima.id, reference = 'rp-1') =>
    await matchSubjects(broker.deps, staff, { requestId, matches: [{ reference, personId }] })

  return {
    supplier,
    staff,
    asks,
    matched,
    subjects,
    seen: async (requestId: RequestId) => await requestOf(broker.db, supplier.supplierId, requestId, broker.clock.now()),

    async forwards(requestId: RequestId, more: Partial<Forwarding> = {}) {
      return await forwardRequest(broker.deps, staff, { requestId, alternative, ...more })
    },

    /** Asked, matched and sent on. */
    async forwarded(change: Partial<SchoolAsk> = {}): Promise<{ requestId: RequestId; consentId: ConsentId }> {
      const requestId = await asks(change)
      await matched(requestId)
      await forwardRequest(broker.deps, staff, { requestId, alternative })
      const [subject] = await subjects(requestId)
      return { requestId, consentId: subject!.consentId! }
    },

    /** The releases of a request, oldest first, with the consents they name. */
    async releases(
      requestId: RequestId,
    ): Promise<{ releaseId: ReleaseId; withdrawn: boolean; coversLater: boolean; names: ConsentId[] }[]> {
      return await broker.owner<{ releaseId: ReleaseId; withdrawn: boolean; coversLater: boolean; names: ConsentId[] }[]>`
        select r.release_id as "releaseId", r.withdrawn_at is not null as withdrawn, r.covers_later as "coversLater",
          array(select consent_id from release_subjects s where s.release_id = r.release_id) as names
        from releases r where r.request_id = ${requestId} order by r.released_at, r.release_id`
    },
  }
}

export type Requesting = ReturnType<typeof requesting>
