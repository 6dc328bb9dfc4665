import { sha256 } from '../../src/canonical.ts'
import { inTransaction } from '../../src/database.ts'
import { addHandles } from '../../src/handles.ts'
import { type ConsentId, type ItemId, newId, type ReleaseId, type RequestId } from '../../src/ids.ts'
import type { TestBroker } from './broker.ts'
import type { Sibling } from './sibling.ts'
import type { SmallWorld } from './world.ts'

interface Wish {
  approach?: 'organisation' | 'subject'
  datatypes?: string[]
  purpose?: string
  startsAt?: Date
  endsAt?: Date
  needsAssignment?: boolean
  /** Somebody else than Fatima. */
  about?: Sibling
  rule?: 'veto' | 'all' | 'any'
  basis?: 'consent' | 'public_task'
  /** What Nadia and Karim said; nothing for who did not answer. */
  answers?: { nadia?: 'yes' | 'no'; karim?: 'yes' | 'no' }
  released?: boolean
}

/** Puts a whole consented use there row by row: request, item, consent about Fatima, answers and, by way of the school, the release. */
export async function consented(broker: TestBroker, world: SmallWorld, wish: Wish = {}) {
  const at = broker.clock.now()
  const { approach = 'organisation', datatypes = ['arithmetic-results'], purpose = '5.1.a', answers = { nadia: 'yes' } } = wish
  const { boardId: board_id, supplierId: supplier_id, holderId: holder_id } = world
  const startsAt = wish.startsAt ?? new Date(at.getTime() - 86_400_000)
  const endsAt = wish.endsAt ?? new Date(at.getTime() + 42 * 86_400_000)
  const [requestId, itemId, consentId, releaseId] = [newId<RequestId>(at), newId<ItemId>(at), newId<ConsentId>(at), newId<ReleaseId>(at)]
  const { id: subjectId, guardianships } = wish.about ?? { id: world.people.fatima.id, guardianships: world.guardianships }
  const shown = `vraag ${consentId}`
  await inTransaction(broker.db, { actor: 'job', boards: [board_id] }, async (tx) => {
    const use = {
      board_id,
      approach,
      supplier_id,
      service_id: world.serviceId,
      part_id: null,
      leaflet_id: world.leafletId,
      holder_id,
      datatypes,
      purpose,
      starts_at: startsAt,
      ends_at: endsAt,
      occasion: 'Fatima loopt vast',
      reason_nl: 'om Fatima te helpen',
      reason_en: null,
      meaning_hash: sha256(consentId),
    }
    await tx
      .insertInto('access_requests')
      .values({
        ...use,
        request_id: requestId,
        client_id: approach === 'organisation' ? world.clients.organisation : world.clients.ciba,
        subject_kind: 'pupil',
        received_at: startsAt,
        ...(approach === 'organisation' && { forwarded_at: startsAt, forwarded_by: world.people.mirjam.id }),
      })
      .execute()
    if (approach === 'organisation') {
      await addHandles(tx, 'request', [{ owner: supplier_id, handle: requestId, boardId: board_id, ref: requestId }])
    }
    await tx
      .insertInto('items')
      .values({
        ...use,
        item_id: itemId,
        request_id: requestId,
        legal_basis: wish.basis ?? 'consent',
        agreement_id: approach === 'organisation' ? world.agreementId : null,
        holder_agreement_id: world.holderAgreementId,
        alternative_nl: 'De juf helpt Fatima zonder deze gegevens.',
        special_category: false,
        needs_assignment: wish.needsAssignment ?? false,
        decision_rule: wish.rule ?? 'veto',
        created_at: startsAt,
      })
      .execute()
    await tx
      .insertInto('consents')
      .values({
        board_id,
        consent_id: consentId,
        approach,
        item_id: itemId,
        subject_id: subjectId,
        asked_at: startsAt,
        revision: Object.keys(answers).length,
      })
      .execute()
    await tx
      .insertInto('shown_texts')
      .values({ board_id, shown_hash: sha256(shown), approach, language: 'nl', body: shown, first_shown_at: startsAt })
      .execute()
    let revision = 0
    for (const who of ['nadia', 'karim'] as const) {
      const answer = answers[who]
      if (!answer) continue
      await tx
        .insertInto('answers')
        .values({
          board_id,
          answer_id: newId(at),
          approach,
          consent_id: consentId,
          revision: ++revision,
          decider_id: world.people[who].id,
          answer,
          authority: 'guardianship',
          guardianship_id: guardianships[who]!,
          method: 'web',
          shown_hash: sha256(shown),
          language: 'nl',
          answered_at: startsAt,
        })
        .execute()
    }
    if (approach === 'subject' || wish.released === false) return
    await tx
      .insertInto('releases')
      .values({
        board_id,
        release_id: releaseId,
        request_id: requestId,
        agreement_id: world.agreementId,
        covers_later: false,
        released_at: startsAt,
        released_by: `person:${world.people.mirjam.id}`,
      })
      .execute()
    await tx
      .insertInto('release_subjects')
      .values({ board_id, release_id: releaseId, consent_id: consentId, reference: 'leerling-1', joined_at: startsAt })
      .execute()
  })
  return { requestId, itemId, consentId, releaseId, subjectId, startsAt, endsAt }
}
