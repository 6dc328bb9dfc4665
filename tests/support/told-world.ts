import { sha256 } from '../../src/canonical.ts'
import { inTransaction } from '../../src/database.ts'
import { append, type LedgerEntry } from '../../src/ledger/append.ts'
import type { TestBroker } from './broker.ts'
import type { consented } from './consented.ts'
import type { SmallWorld } from './world.ts'

/** Writes in the ledger what commands would have told of a world that was put there row by row. */
export async function tellWorld(broker: TestBroker, { boardId, holderAgreementId, ...world }: SmallWorld): Promise<void> {
  const { since: at } = world
  const entry = (event: LedgerEntry['event'], ref: string, facts: Record<string, unknown>): LedgerEntry => {
    return { boardId, approach: 'organisation', at, event, actor: 'operator', ref, facts }
  }
  const clauses = await broker.owner`select clause_id as "clauseId", datatype from onward_clauses`
  const agreements = await broker.owner<{ agreementId: string; supplierId: string }[]>`
    select agreement_id as "agreementId", supplier_id as "supplierId" from supplier_agreements order by agreement_id`
  await inTransaction(broker.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    for (const { agreementId, supplierId } of agreements) {
      await append(
        tx,
        entry('agreement_drafted', agreementId, { supplierId, kind: 'processor', startsAt: world.since, endsAt: world.until }),
        entry('agreement_checked', agreementId, {}),
        entry('agreement_signed', agreementId, { textHash: sha256(`overeenkomst ${agreementId}`).toString('hex') }),
      )
    }
    await append(tx, entry('onward_clause_instructed', holderAgreementId, { clauses }))
  })
  broker.told = true
}

/** The same for one consented use. */
export async function tellConsented(
  broker: TestBroker,
  { boardId }: SmallWorld,
  { consentId, releaseId, startsAt: at }: Awaited<ReturnType<typeof consented>>,
): Promise<void> {
  const answers = await broker.owner`
    select answer_id as "answerId", decider_id as "deciderId", answer, datatypes, until_at as "untilAt", revision, authority,
      guardianship_id as "guardianshipId", method, encode(shown_hash, 'hex') as "shownHash", approach
    from answers where consent_id = ${consentId} order by revision`
  const released = await broker.owner`select from releases where release_id = ${releaseId}`
  await inTransaction(broker.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    for (const { approach, ...facts } of answers) {
      await append(tx, { boardId, approach, at, event: 'answer_given', actor: `person:${facts.deciderId}`, ref: consentId, facts })
    }
    if (released.length === 0) return
    const facts = { consents: [consentId] }
    await append(tx, { boardId, approach: 'organisation', at, event: 'released', actor: 'operator', ref: releaseId, facts })
  })
}
