import {
  CompactSign,
  calculateJwkThumbprint,
  errors,
  exportJWK,
  generateKeyPair,
  importJWK,
  type JWK,
  type JWTPayload,
  jwtVerify,
} from 'jose'
import { type RawBuilder, sql } from 'kysely'
import type { Db, Tx } from '../database.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { seal, unseal } from '../sealing.ts'
import { publicKey } from './algorithms.ts'
import { readHeader } from './jws.ts'

/** One key per kind of JWT, so that one kind can never pass for another. */
export const KEY_KINDS = ['access_token', 'id_token', 'id_token_es256', 'status_list', 'introspection', 'event'] as const
export type KeyKind = (typeof KEY_KINDS)[number]

/** A client registers with which algorithm its ID tokens are signed (OpenID Connect Registration §2): each has a key of its own. */
export const ID_TOKEN_KIND = { EdDSA: 'id_token', ES256: 'id_token_es256' } as const

/** The algorithm of a kind that has one; of the others the operator chooses. */
export const FIXED_ALG: Partial<Record<KeyKind, 'EdDSA' | 'ES256'>> = { id_token: 'EdDSA', id_token_es256: 'ES256' }

/** A new key is published this long before it signs: by then every JWKS that is cached as told (`max-age`) holds it. */
export const LEAD_SECONDS = 60

/** What a key signed can be verified this long after its last signature: longer than anything signed lives. */
const OVERLAP_MS = 3_600_000

export interface SigningKey {
  kid: string
  alg: 'EdDSA' | 'ES256'
  key: CryptoKey
}

/** Unsealed private keys by kid. Only a copy of what the table holds: which key signs is read from the table each time. */
const unsealed = new Map<string, Promise<CryptoKey>>()

/** The key that signs this kind of JWT now. The first time it makes one; under a lock, so that many processes make one. */
export async function signingKey(deps: Deps, kind: KeyKind, at: Date, known?: KeyRow | null): Promise<SigningKey> {
  const row = known ?? (await currentKey(deps.db, kind, at)) ?? (await makeKeyForNow(deps, kind, at))
  return await open(deps, row)
}

/**
 * A compact JWS of this kind and `typ`.
 *
 * @param known the key's row, where the caller has just read it along with something else (`currentKeyRow`)
 */
export async function signJwt(
  deps: Deps,
  kind: KeyKind,
  typ: string,
  claims: JWTPayload,
  at: Date,
  known?: KeyRow | null,
): Promise<string> {
  const { kid, alg, key } = await signingKey(deps, kind, at, known)
  return await new CompactSign(new TextEncoder().encode(JSON.stringify(claims))).setProtectedHeader({ typ, alg, kid }).sign(key)
}

/** The claims of a JWT that we signed ourselves, of this kind and `typ`, not expired; nothing when it is anything else. */
export async function verifyOwnJwt(deps: Deps, kind: KeyKind, typ: string, token: string, at: Date): Promise<JWTPayload | undefined> {
  const kid = kidOf(token)
  if (!kid) return undefined
  const row = await deps.db
    .selectFrom('signing_keys')
    .select(['alg', 'public_jwk'])
    .where('kid', '=', kid) // signing_keys_pkey
    .where('kind', '=', kind)
    .where('removed_at', 'is', null)
    .executeTakeFirst()
  if (!row) return undefined
  const { key } = await publicKey(row.public_jwk, row.alg)
  const { issuer } = deps
  try {
    return (await jwtVerify(token, key, { typ, issuer, algorithms: [row.alg], currentDate: at, requiredClaims: ['exp', 'iat'] })).payload
  } catch (error) {
    if (error instanceof errors.JOSEError) return undefined
    throw error
  }
}

function kidOf(token: string): string | undefined {
  try {
    return readHeader(token).kid
  } catch {
    return undefined
  }
}

/** The JWKS document: what signs, what will, and what signed something that may still be valid. */
export async function publicKeys(deps: Deps, at: Date): Promise<{ keys: JWK[] }> {
  for (const kind of KEY_KINDS) if (!(await currentKey(deps.db, kind, at))) await makeKeyForNow(deps, kind, at)
  const rows = await deps.db
    .selectFrom('signing_keys')
    .select(['kid', 'alg', 'public_jwk'])
    .where('removed_at', 'is', null)
    .where((where) => where.or([where('published_until', 'is', null), where('published_until', '>', at)]))
    .orderBy('made_at')
    .orderBy('kid')
    .execute()
  return { keys: rows.map(({ kid, alg, public_jwk }) => ({ ...public_jwk, kid, alg, use: 'sig' })) }
}

/**
 * Makes the next key of a kind. It is published at once and signs from `LEAD_SECONDS` later; the one before it stays
 * published for as long as anything it signed can live. Does not check who asks: the operator's command has.
 */
export async function rotateKey(
  deps: Deps,
  kind: KeyKind,
  { alg = FIXED_ALG[kind] ?? ('EdDSA' as 'EdDSA' | 'ES256'), leadSeconds = LEAD_SECONDS, by = 'operator' as LedgerActor } = {},
): Promise<{ kid: string; signsFrom: Date }> {
  const at = deps.now()
  const made = await generate(deps, alg)
  return await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await lockKind(tx, kind)
    return await succeed(tx, kind, made, at, new Date(at.getTime() + leadSeconds * 1000), by)
  })
}

/**
 * As `rotateKey`, by the clock: only when the newest key of a kind signs since before `since`, and with the same algorithm.
 * Looked at under the lock, so that many processes make one key. A kind that never signed gets none.
 */
export async function rotateKeyOf(deps: Deps, kind: KeyKind, since: Date): Promise<{ kid: string; signsFrom: Date } | undefined> {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await lockKind(tx, kind)
    const newest = await tx
      .selectFrom('signing_keys')
      .select(['alg', 'signs_from'])
      .where('kind', '=', kind) // signing_keys_one_at_a_time: one has no end
      .where('signs_until', 'is', null)
      .where('removed_at', 'is', null)
      .executeTakeFirst()
    if (!newest || newest.signs_from >= since) return undefined
    return await succeed(tx, kind, await generate(deps, newest.alg), at, new Date(at.getTime() + LEAD_SECONDS * 1000), 'job')
  })
}

/** Puts the next key after the last; what was to sign after that never does. The caller holds the kind's lock. */
async function succeed(tx: Tx, kind: KeyKind, made: MadeKey, at: Date, signsFrom: Date, by: LedgerActor) {
  await tx
    .updateTable('signing_keys')
    .set({
      signs_until: sql<Date>`greatest(signs_from, ${signsFrom}::timestamptz)`,
      published_until: sql<Date>`greatest(signs_from, ${signsFrom}::timestamptz) + ${OVERLAP_MS / 1000} * interval '1 second'`,
    })
    .where('kind', '=', kind) // signing_keys_by_kind
    .where('removed_at', 'is', null)
    .where(sql<boolean>`(signs_until is null or signs_until > ${signsFrom}::timestamptz)`)
    .execute()
  await insertKey(tx, kind, made, { at, signsFrom, signsUntil: null }, by)
  return { kid: made.kid, signsFrom }
}

/**
 * Takes a key out at once, in an emergency: gone from the JWKS, its private part erased, what it signed worthless here. If it
 * was signing, the next to ask for a key makes one, which signs until the key that waits to follow does.
 *
 * @throws Refusal `key_not_found`
 */
export async function removeKey(deps: Deps, kid: string, by: LedgerActor = 'operator'): Promise<void> {
  const at = deps.now()
  await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    const key = await tx.selectFrom('signing_keys').select('kind').where('kid', '=', kid).executeTakeFirst()
    if (!key) throw new Refusal('key_not_found')
    await lockKind(tx, key.kind)
    const { numUpdatedRows } = await tx
      .updateTable('signing_keys')
      .set({ removed_at: at, private_jwe: null })
      .where('kid', '=', kid) // signing_keys_pkey
      .where('removed_at', 'is', null)
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('key_not_found')
    await append(tx, { boardId: null, approach: 'operator', at, event: 'key_removed', actor: by, facts: { kid, kind: key.kind } })
  })
  unsealed.delete(kid)
}

/** What the database keeps of a key that signs. The private part is sealed. */
export interface KeyRow {
  kid: string
  alg: 'EdDSA' | 'ES256'
  private_jwe: string | null
}

interface MadeKey extends KeyRow {
  private_jwe: string
  public_jwk: JWK
}

/** SQL: the row of the key that signs this kind now, as jsonb; null before there is one. */
export function currentKeyRow(kind: KeyKind, at: Date): RawBuilder<KeyRow | null> {
  return sql`(
    select jsonb_build_object('kid', k.kid, 'alg', k.alg, 'private_jwe', k.private_jwe) from signing_keys k
    where k.kind = ${kind} and k.signs_from <= ${at} and (k.signs_until is null or k.signs_until > ${at}) and k.removed_at is null
    order by k.signs_from desc limit 1 -- signing_keys_by_kind
  )`
}

/** The row of the key that signs this kind now, for many signatures with one look; null before there is one. */
export async function currentKey(db: Db | Tx, kind: KeyKind, at: Date): Promise<KeyRow | null> {
  const { rows } = await sql<{ key: KeyRow | null }>`select ${currentKeyRow(kind, at)} as key`.execute(db)
  return rows[0]!.key
}

/** The key of a kind that has none now: the first, or one for as long as it takes until the one that waits begins to sign. */
async function makeKeyForNow(deps: Deps, kind: KeyKind, at: Date): Promise<KeyRow> {
  const made = await generate(deps, FIXED_ALG[kind] ?? 'EdDSA')
  return await inTransaction(deps.db, { actor: 'operator', boards: [] }, async (tx) => {
    await lockKind(tx, kind)
    const meanwhile = await currentKey(tx, kind, at)
    if (meanwhile) return meanwhile
    const next = await tx
      .selectFrom('signing_keys')
      .select('signs_from')
      .where('kind', '=', kind) // signing_keys_by_kind
      .where('signs_from', '>', at)
      .where('removed_at', 'is', null)
      .where(sql<boolean>`signs_until is distinct from signs_from`)
      .orderBy('signs_from')
      .executeTakeFirst()
    await insertKey(tx, kind, made, { at, signsFrom: at, signsUntil: next?.signs_from ?? null }, 'job')
    return made
  })
}

async function lockKind(tx: Tx, kind: KeyKind): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtextextended(${`signing_keys:${kind}`}, 0))`.execute(tx)
}

async function generate(deps: Deps, alg: 'EdDSA' | 'ES256'): Promise<MadeKey> {
  const pair = await generateKeyPair(alg, { extractable: true })
  const public_jwk = await exportJWK(pair.publicKey)
  const kid = await calculateJwkThumbprint(public_jwk)
  const private_jwe = await seal(deps.secret, sealedFor(kid), JSON.stringify(await exportJWK(pair.privateKey)))
  return { kid, alg, public_jwk, private_jwe }
}

async function insertKey(
  tx: Tx,
  kind: KeyKind,
  { kid, alg, public_jwk, private_jwe }: MadeKey,
  { at, signsFrom, signsUntil }: { at: Date; signsFrom: Date; signsUntil: Date | null },
  by: LedgerActor,
) {
  const until = { signs_until: signsUntil, published_until: signsUntil && new Date(signsUntil.getTime() + OVERLAP_MS) }
  await tx
    .insertInto('signing_keys')
    .values({ kid, kind, alg, public_jwk, private_jwe, made_at: at, signs_from: signsFrom, ...until })
    .execute()
  await append(tx, { boardId: null, approach: 'operator', at, event: 'key_rotated', actor: by, facts: { kind, kid, alg, signsFrom } })
}

async function open(deps: Deps, { kid, alg, private_jwe }: KeyRow): Promise<SigningKey> {
  let key = unsealed.get(kid)
  if (!key) {
    if (!private_jwe) throw new Error(`signing key ${kid} has no private part`)
    key = unseal(deps.secret, sealedFor(kid), private_jwe).then((jwk) => importJWK(JSON.parse(jwk) as JWK, alg) as Promise<CryptoKey>)
    unsealed.set(kid, key)
    key.catch(() => unsealed.delete(kid))
  }
  return { kid, alg, key: await key }
}

const sealedFor = (kid: string) => `signing-key:${kid}`
