// A process that gets tokens on what stands without a pause, ten at once, and says how it goes. Started by `standing-ends.test.ts`.
import { createHash } from 'node:crypto'
import { sha256 } from '../../src/canonical.ts'
import { revisionOf } from '../../src/consents/store.ts'
import { inTransaction, openDatabase } from '../../src/database.ts'
import type { Deps } from '../../src/deps.ts'
import { redeem } from '../../src/grants/redeem.ts'
import { NotGranted, type Wish } from '../../src/grants/wish.ts'
import { type BoardId, type ClientId, type ConsentId, type HolderId, newSecret, type SupplierId } from '../../src/ids.ts'
import { codeToken } from '../../src/oauth/authorization-code.ts'
import { cibaToken } from '../../src/oauth/ciba.ts'
import { OAuthError } from '../../src/oauth/oauth-error.ts'
import { refreshGrant } from '../../src/oauth/refresh-grant.ts'
import { makeRefreshToken } from '../../src/oauth/refresh-token.ts'
import type { TokenRequest } from '../../src/oauth/token-request.ts'

/** How a token is got: what a school released, or on a consent that was given directly by a code, a refresh token or CIBA. */
export type Way = 'release' | 'code' | 'refresh' | 'ciba'

export interface Issuing {
  url: string
  secret: string
  issuer: string
  issuers: number
  /** Each issuer has one of them, in turn. */
  ways: Way[]
  supplierId: SupplierId
  clients: { release: ClientId; code: ClientId; ciba: ClientId }
  wish: Wish
  given: { boardId: BoardId; consentId: ConsentId; holderId: HolderId; datatypes: string[]; until: string }
}

/** What it says, every few milliseconds: how often each issuer got a token, and how often it was refused. */
export interface Counts {
  issued: number[]
  refused: number[]
  /** What was neither a token nor the refusal of a grant. */
  other: string[]
}

const { url, secret, issuer, issuers, ways, supplierId, clients, wish, given } = JSON.parse(process.argv[2]!) as Issuing
const db = openDatabase({ url, max: issuers })
const quiet = () => {}
const log = { debug: quiet, info: quiet, warning: quiet, error: quiet }
const deps = { db, now: () => new Date(), log, secret, issuer } as unknown as Deps
const REDIRECT = 'https://rekenplus.example/terug'
const verifier = newSecret()

/** What a client that was let in asks for. */
function request(way: 'code' | 'ciba', form: Record<string, string>): TokenRequest {
  const may = { allowed: { detailTypes: ['pupil-data'], holders: null, datatypes: null }, idTokenAlg: 'EdDSA' as const }
  const client = { clientId: clients[way], supplierId, holderId: null, way: way === 'code' ? ('redirect' as const) : way, ...may }
  const once = Promise.resolve()
  const said = { jkt: 'thumbprint', txn: 'race', once, wish: undefined, key: null, found: undefined }
  return { form: new Map(Object.entries(form)), client, at: deps.now(), ...said }
}

const { boardId, consentId, holderId, datatypes } = given
const until = new Date(given.until)
const redeemer = { clientId: clients.release, supplierId, jkt: 'thumbprint', txn: 'race' }
const asClient = { actor: 'client' as const, boards: [boardId] }
/** As it stands before the first of what ends it, and again after each. */
const revision = await inTransaction(db, asClient, (tx) => revisionOf(tx, boardId, consentId))
const row = (at: Date) => ({
  supplier_id: supplierId,
  board_id: boardId,
  consent_id: consentId,
  consent_revision: revision,
  made_at: at,
})

const GET: Record<Way, () => Promise<unknown>> = {
  release: () => redeem(deps, redeemer, wish),
  code: async () => {
    const [at, code] = [deps.now(), newSecret()]
    await db
      .insertInto('authorization_codes')
      .values({
        ...row(at),
        code_hash: sha256(code),
        client_id: clients.code,
        redirect_uri: REDIRECT,
        code_challenge: createHash('sha256').update(verifier).digest('base64url'),
        jkt: 'thumbprint',
        resource: wish.resource,
        holder_id: holderId,
        datatypes,
        until_at: until,
        expires_at: new Date(at.getTime() + 60_000),
      })
      .execute()
    return await codeToken(deps, request('code', { code, code_verifier: verifier }))
  },
  refresh: async () => await refreshGrant(deps, request('code', { refresh_token: await refreshToken })),
  ciba: async () => {
    const [at, authReqId] = [deps.now(), newSecret()]
    await db
      .insertInto('ciba_requests')
      .values({
        ...row(at),
        auth_req_id_hash: sha256(authReqId),
        client_id: clients.ciba,
        request_id: null,
        scope: 'openid',
        binding_message: null,
        replaces: null,
        interval_seconds: 5,
        expires_at: until,
      })
      .execute()
    return await cibaToken(deps, request('ciba', { auth_req_id: authReqId }))
  },
}
const refreshToken = ways.includes('refresh')
  ? inTransaction(db, asClient, async (tx) => {
      const refreshable = { boardId, consentId, revision, holderId, datatypes, until, scope: null }
      return await makeRefreshToken(tx, deps.now(), { ...redeemer, clientId: clients.code }, refreshable)
    })
  : Promise.resolve('')

/** What the edge says of a grant that does not stand; a yes and a no is a conflict, and whoever asked directly waits. */
const REFUSED = ['invalid_grant', 'access_denied', 'authorization_pending']
const isRefusal = (error: unknown) => error instanceof NotGranted || (error instanceof OAuthError && REFUSED.includes(error.error))

const counts: Counts = { issued: Array(issuers).fill(0), refused: Array(issuers).fill(0), other: [] }
let going = true
process.once('message', () => {
  going = false
})
const telling = setInterval(() => process.send!(counts), 3)

async function issue(_: unknown, nr: number): Promise<void> {
  const get = GET[ways[nr % ways.length]!]
  while (going) {
    try {
      await get()
      counts.issued[nr]! += 1
    } catch (error) {
      if (isRefusal(error)) counts.refused[nr]! += 1
      else counts.other.push(String(error))
      // A refusal is quick: whoever only refuses would leave the others no time.
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
  }
}

await Promise.all(Array.from({ length: issuers }, issue))
clearInterval(telling)
await db.destroy()
process.disconnect()
