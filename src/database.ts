import { type Kysely, Kysely as KyselyClient, sql, type Transaction } from 'kysely'
import type { AccountTables } from './accounts/tables.ts'
import type { AgreementTables } from './agreements/tables.ts'
import type { CaseTables } from './cases/tables.ts'
import type { CatalogTables } from './catalog/tables.ts'
import type { ConsentTables } from './consents/tables.ts'
import type { GrantTables } from './grants/tables.ts'
import type { HostedTables } from './hosted/tables.ts'
import type { BoardId } from './ids.ts'
import type { JobTables } from './jobs/tables.ts'
import type { LedgerTables } from './ledger/tables.ts'
import type { MemberTables } from './members/tables.ts'
import type { NotificationTables } from './notifications/tables.ts'
import type { OauthTables } from './oauth/tables.ts'
import type { PeopleTables } from './people/tables.ts'
import { AHEAD, PostgresDialect, type PostgresDialectConfig } from './postgres-dialect.ts'
import type { RequestTables } from './requests/tables.ts'
import type { RosterTables } from './rosters/tables.ts'
import type { SandboxTables } from './sandbox/tables.ts'
import type { StreamTables } from './streams/tables.ts'
import type { TokenTables } from './tokens/tables.ts'

export interface Tables
  extends PeopleTables,
    CatalogTables,
    LedgerTables,
    NotificationTables,
    JobTables,
    TokenTables,
    AgreementTables,
    ConsentTables,
    RequestTables,
    RosterTables,
    GrantTables,
    CaseTables,
    OauthTables,
    StreamTables,
    HostedTables,
    SandboxTables,
    MemberTables,
    AccountTables {}

/** The database outside a transaction: global tables only. Tenant tables answer with nothing here. */
export type Db = Kysely<Tables>

/** A transaction that works for named boards. What reads or writes tenant tables asks for one. */
export type Tx = Transaction<Tables>

/**
 * For whom a transaction works. Row-level security shows it the rows of `boards` and, to `staff`, no subject-oriented
 * ones. It comes from a verified session or client, never from input.
 */
export type Scope =
  | { actor: 'staff' | 'job'; boards: [BoardId] }
  | { actor: 'account' | 'client'; boards: BoardId[] }
  | { actor: 'operator'; boards: BoardId[] }

export function openDatabase(config: PostgresDialectConfig): Db {
  return new KyselyClient<Tables>({ dialect: new PostgresDialect(config) })
}

/** Runs `work` in one transaction for `scope`. What `work` throws rolls everything back and is thrown on. */
export async function inTransaction<T>(db: Db, scope: Scope, work: (tx: Tx) => Promise<T>): Promise<T> {
  return await db.transaction().execute(async (tx) => {
    await workFor(tx, scope)
    return await work(tx)
  })
}

/**
 * Says for whom a transaction works from here on. Only where the boards come to light inside it, as in a suspension;
 * otherwise `inTransaction` has said it.
 */
export async function workFor(tx: Tx, scope: Scope): Promise<void> {
  await sql`${sql.raw(AHEAD)}select set_config('app.boards', ${scope.boards.join(',')}, true), set_config('app.actor', ${scope.actor}, true)`.execute(
    tx,
  )
}
