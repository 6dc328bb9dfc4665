import type { PersonActor } from '../actors.ts'
import type { Db } from '../database.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { AccountId, BoardId, ClientId, HolderId, PersonId, SupplierId } from '../ids.ts'
import { pupilSource, RULES, type Rule, ruleOfParent, STAFF_SOURCE } from './cast.ts'

/** The sandbox of a supplier: a school, a holder and a twin of the supplier that exist for its programs only. */
export interface Sandbox {
  supplierId: SupplierId
  /** To whom programs under test belong. */
  twinId: SupplierId
  holderId: HolderId
  holderClientId: ClientId
  sealedKey: string
  boardId: BoardId
  oin: string
  brin: string
  resetAt: Date
}

/** Does NOT check who asks. */
export async function sandboxOf(db: Db, supplierId: SupplierId): Promise<Sandbox | undefined> {
  return await sandboxWhere(db, 'supplier_id', supplierId) // sandboxes_pkey
}

/** The sandbox that this supplier is the twin of; nothing for whoever is real. */
export async function sandboxOfTwin(db: Db, twinId: SupplierId): Promise<Sandbox | undefined> {
  return await sandboxWhere(db, 'twin_id', twinId) // sandboxes_twin_id_key
}

async function sandboxWhere(db: Db, column: 'supplier_id' | 'twin_id', id: SupplierId): Promise<Sandbox | undefined> {
  const row = await db.selectFrom('sandboxes').selectAll().where(column, '=', id).executeTakeFirst()
  return (
    row && {
      supplierId: row.supplier_id,
      twinId: row.twin_id,
      holderId: row.holder_id,
      holderClientId: row.holder_client_id,
      sealedKey: row.sealed_key,
      boardId: row.board_id,
      oin: row.oin,
      brin: row.brin,
      resetAt: row.reset_at,
    }
  )
}

/** A person of a sandbox, acting. They have no account: nobody can sign in as them. */
export function actorOf(boardId: BoardId, personId: PersonId, at: Date): PersonActor {
  return { accountId: personId as string as AccountId, boardId, personId, signedInAt: at }
}

export interface SandboxPupil {
  rule: Rule
  personId: PersonId
  name: string
  eckId: string
}

/** The pupils of a sandbox, in the order of the rules. */
export async function pupilsOf(tx: Tx, boardId: BoardId): Promise<SandboxPupil[]> {
  const rows = await tx
    .selectFrom('persons')
    .select(['person_id', 'given_name', 'family_name', 'eck_id', 'source_id'])
    .where('board_id', '=', boardId)
    .where('source_id', 'in', RULES.map(pupilSource)) // persons_once_per_source
    .execute()
  return RULES.flatMap((rule) => {
    const row = rows.find(({ source_id }) => source_id === pupilSource(rule))
    return row ? [{ rule, personId: row.person_id, name: `${row.given_name} ${row.family_name}`, eckId: row.eck_id ?? '' }] : []
  })
}

/** The pupils as a page shows them. */
export async function pupilsIn({ db }: Pick<Deps, 'db'>, { boardId }: Sandbox): Promise<SandboxPupil[]> {
  return await inTransaction(db, { actor: 'job', boards: [boardId] }, (tx) => pupilsOf(tx, boardId))
}

/** By which rules these parents live, and their number among the pupil's parents. */
export async function rulesOf(tx: Tx, boardId: BoardId, parentIds: PersonId[]): Promise<Map<PersonId, { rule: Rule; nr: number }>> {
  if (parentIds.length === 0) return new Map()
  const rows = await tx
    .selectFrom('persons')
    .select(['person_id', 'source_id'])
    .where('board_id', '=', boardId)
    .where('person_id', 'in', parentIds) // persons_pkey
    .execute()
  const rules = new Map<PersonId, { rule: Rule; nr: number }>()
  for (const { person_id, source_id } of rows) {
    const who = ruleOfParent(source_id)
    if (who) rules.set(person_id, who)
  }
  return rules
}

/** Who works at the school, and may do everything there. */
export async function staffOf(tx: Tx, boardId: BoardId): Promise<PersonId> {
  const { person_id } = await tx
    .selectFrom('persons')
    .select('person_id')
    .where('board_id', '=', boardId)
    .where('source_id', '=', STAFF_SOURCE) // persons_once_per_source
    .executeTakeFirstOrThrow()
  return person_id
}
