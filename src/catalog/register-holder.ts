import type { JWK } from 'jose'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type HolderId, newId, type SupplierId } from '../ids.ts'
import { append } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { type CategoryId, isCategory } from './categories.ts'
import { endedByOf, type NewTokenFormat } from './change-token-format.ts'
import { DATATYPE } from './data-sets.ts'
import { readEncryptionKey } from './public-jwk.ts'
import { mustNotAdvertise } from './screening.ts'
import { supplierById } from './store.ts'

export interface NewHolder {
  /** The supplier that holds the data: boards have their agreement with it. */
  supplierId: SupplierId
  name: string
  /** Its resource indicator (RFC 8707): the audience of its tokens, compared byte for byte. */
  resource: string
  tokenFormat?: NewTokenFormat['tokenFormat']
  encryptionJwk?: JWK
  endedBy?: NewTokenFormat['endedBy']
  dataSets: readonly { datatype: string; category: CategoryId; nameNl: string; nameEn: string }[]
}

/**
 * The operator takes in a data holder with the data sets it can hand over. Nothing goes out before a board instructs it.
 *
 * @throws Refusal `supplier_not_found`, `resource_taken`, `client_key_invalid`, `purpose_forbidden`
 * @throws Refusal `input_invalid` for a resource that is no plain https URL (http on the loopback only), or unsound data sets
 */
export async function registerHolder(deps: Deps, input: NewHolder): Promise<HolderId> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'operator', boards: [] }, (tx) => registerHolderIn(tx, input, at))
}

/**
 * As `registerHolder`, in the transaction of another act of the operator.
 *
 * @throws Refusal as `registerHolder`
 */
export async function registerHolderIn(tx: Tx, input: NewHolder, at: Date): Promise<HolderId> {
  const holderId = newId<HolderId>(at)
  const { supplierId, name, resource, tokenFormat = 'jwt', dataSets } = input
  mustBeSound(input)
  const endedBy = endedByOf({ ...input, tokenFormat })
  mustNotAdvertise({ name, dataSets: dataSets.map(({ nameNl, nameEn }) => `${nameNl}\n${nameEn}`).join('\n') })
  const encryptionJwk = input.encryptionJwk && (await readEncryptionKey(input.encryptionJwk))
  if (!(await supplierById(tx, supplierId))) throw new Refusal('supplier_not_found')
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto('holders')
    .values({
      holder_id: holderId,
      supplier_id: supplierId,
      name,
      resource,
      token_format: tokenFormat,
      encryption_jwk: encryptionJwk,
      ended_by: endedBy,
      registered_at: at,
    })
    .onConflict((conflict) => conflict.column('resource').doNothing()) // holders_resource_key
    .executeTakeFirst()
  if (numInsertedOrUpdatedRows !== 1n) throw new Refusal('resource_taken')
  await tx
    .insertInto('data_sets')
    .values(
      dataSets.map(({ datatype, category, nameNl, nameEn }) => ({
        holder_id: holderId,
        datatype,
        category,
        name_nl: nameNl,
        name_en: nameEn,
      })),
    )
    .execute()
  await append(tx, {
    boardId: null,
    approach: 'operator',
    at,
    event: 'holder_registered',
    actor: 'operator',
    ref: holderId,
    facts: { supplierId, name, resource, tokenFormat, endedBy, dataSets },
  })
  return holderId
}

function mustBeSound({ resource, tokenFormat, encryptionJwk, dataSets }: NewHolder): void {
  const datatypes = dataSets.map(({ datatype }) => datatype)
  const wrong = [
    ...(isResource(resource) ? [] : ['resource']),
    ...((tokenFormat === 'jwe') === (encryptionJwk !== undefined) ? [] : ['encryptionJwk']),
    ...(datatypes.length > 0 &&
    new Set(datatypes).size === datatypes.length &&
    dataSets.every(({ datatype, category }) => DATATYPE.test(datatype) && isCategory(category))
      ? []
      : ['dataSets']),
  ]
  if (wrong.length > 0) throw new Refusal('input_invalid', { fields: wrong })
}

const LOOPBACK = ['127.0.0.1', '[::1]', 'localhost']

function isResource(text: string): boolean {
  if (!URL.canParse(text) || /[#?]/.test(text)) return false
  const { protocol, hostname, username } = new URL(text)
  return username === '' && (protocol === 'https:' || (protocol === 'http:' && LOOPBACK.includes(hostname)))
}
