import type { Approach } from '../../src/approach.ts'
import { inTransaction } from '../../src/database.ts'
import { type ConsentId, type GrantId, newId, type PersonId, type ReleaseId, type TokenId } from '../../src/ids.ts'
import { append } from '../../src/ledger/append.ts'
import { statusPlace } from '../../src/tokens/status-lists.ts'
import type { TestBroker } from './broker.ts'
import type { SmallWorld } from './world.ts'

/** Puts a live token for a consented use there row by row, as a redemption would have left it, and told in the ledger. */
export async function liveToken(
  broker: TestBroker,
  world: SmallWorld,
  given: { consentId: ConsentId; subjectId: PersonId; releaseId?: ReleaseId | undefined },
  approach: Approach = 'organisation',
): Promise<TokenId> {
  const at = broker.clock.now()
  const expiresAt = new Date(at.getTime() + 600_000)
  const [tokenId, grantId] = [newId<TokenId>(at), newId<GrantId>(at)]
  const { listId, index } = await statusPlace(broker.db, world.holderId, expiresAt, at)
  const { boardId: board_id, supplierId: supplier_id, holderId: holder_id } = world
  const { consentId: consent_id, subjectId: subject_id } = given
  const client_id = approach === 'organisation' ? world.clients.organisation : world.clients.ciba
  await inTransaction(broker.db, { actor: 'job', boards: [board_id] }, async (tx) => {
    const { datatypes, purpose } = await tx
      .selectFrom('consents as c')
      .innerJoin('items as i', (join) => join.onRef('i.board_id', '=', 'c.board_id').onRef('i.item_id', '=', 'c.item_id'))
      .select(['i.datatypes', 'i.purpose'])
      .where('c.consent_id', '=', consent_id)
      .executeTakeFirstOrThrow()
    await tx
      .insertInto('grants')
      .values({ board_id, grant_id: grantId, approach, consent_id, supplier_id, holder_id, subject_id, created_at: at })
      .onConflict((conflict) => conflict.constraint('grants_one_per_consent').doNothing())
      .execute()
    const { grant_id } = await tx.selectFrom('grants').select('grant_id').where('consent_id', '=', consent_id).executeTakeFirstOrThrow()
    await tx
      .insertInto('tokens')
      .values({
        board_id,
        token_id: tokenId,
        approach,
        client_id,
        supplier_id,
        holder_id,
        jkt: 'thumbprint',
        authorization_details: [{ type: 'pupil-data', locations: [world.resource], actions: ['read'], datatypes, purpose }],
        sub: 'pseudonym',
        status_list_id: listId,
        status_index: index,
        issued_at: at,
        expires_at: expiresAt,
      })
      .execute()
    await tx
      .insertInto('token_supports')
      .values({
        board_id,
        token_id: tokenId,
        grant_id,
        approach,
        consent_id,
        subject_id,
        release_id: approach === 'organisation' ? given.releaseId : undefined,
        agreement_id: approach === 'organisation' ? world.agreementId : undefined,
        holder_agreement_id: world.holderAgreementId,
        tenure_id: world.tenures.fatima!,
        expires_at: expiresAt,
      })
      .execute()
    await tx.insertInto('status_entries').values({ list_id: listId, index, token_id: tokenId, board_id }).execute()
    const facts = { clientId: client_id, holderId: holder_id, datatypes, purpose, expiresAt, supports: [{ consentId: consent_id }] }
    await append(tx, { boardId: board_id, approach, at, event: 'token_issued', actor: `client:${client_id}`, ref: tokenId, facts })
  })
  return tokenId
}

/** Why a token ended, and whether its status bit is set; undefined when it lives. */
export async function endOf(broker: TestBroker, tokenId: TokenId): Promise<{ because: string; bit: boolean } | undefined> {
  const [row] = await broker.owner<{ because: string | null; bit: boolean }[]>`
    select t.ended_because as because, e.set_at is not null as bit from tokens t
    join status_entries e on e.list_id = t.status_list_id and e.index = t.status_index where t.token_id = ${tokenId}`
  return row?.because ? { because: row.because, bit: row.bit } : undefined
}
