import { type Context, Hono } from 'hono'
import type { JWK } from 'jose'
import { AccessError, createVerifier, entryFor, type Verifier } from '../holder/verifier.ts'
import { type Env, idOf } from '../http.ts'
import type { SupplierId } from '../ids.ts'
import { useUp } from '../oauth/use-once.ts'
import { Refusal } from '../refusal.ts'
import { unseal } from '../sealing.ts'
import { madeUpRecords } from './made-up-records.ts'
import { sandboxOfTwin } from './sandbox.ts'
import { resourceOf, SEALED_FOR } from './twin.ts'

/** Answers a request as the broker does, without going out. */
export type AskBroker = (c: Context<Env>, request: Request) => Response | Promise<Response>

/**
 * The holder of each sandbox: one like any other, on the holder kit, with a client of its own at this broker. Its data are made up.
 */
export function sandboxHolderRoutes(askBroker: AskBroker): Hono<Env> {
  const app = new Hono<Env>()

  app.get('/.well-known/oauth-protected-resource/sandbox/:twinId/', async (c) => {
    const verifier = await verifierOf(c, askBroker)
    return c.json(verifier.metadata, 200, { 'cache-control': 'no-store' })
  })

  app.get('/sandbox/:twinId/:datatype', async (c) => {
    const verifier = await verifierOf(c, askBroker)
    try {
      const access = await verifier.verifyAccess(c.req.raw)
      const datatype = c.req.param('datatype')
      const subjects = []
      for (const subject of access.subjects) {
        const entry = entryFor(access, subject, datatype)
        if (!entry) throw new AccessError('insufficient_scope', 'the token does not allow these data')
        const pupil = await verifier.identifierOf(subject)
        subjects.push({ subject, pupil: pupil ?? null, records: madeUpRecords(datatype, entry, c.var.deps.now()) })
      }
      const records = subjects.reduce((sum, one) => sum + one.records.length, 0)
      const reported = verifier.delivered(access, { datatypes: [datatype], records })
      c.var.deps.afterwards(() => reported)
      return c.json({ datatype, subjects }, 200, { 'cache-control': 'no-store' })
    } catch (error) {
      if (error instanceof AccessError) return error.response(verifier.metadataUrl)
      throw error
    }
  })
  return app
}

/** A verifier for one request: the broker is asked each time, so what ended has ended at once. @throws Refusal `not_found` */
async function verifierOf(c: Context<Env>, askBroker: AskBroker): Promise<Verifier> {
  const { deps } = c.var
  const twinId = idOf<SupplierId>().safeParse(c.req.param('twinId'))
  const sandbox = twinId.success && (await sandboxOfTwin(deps.db, twinId.data))
  if (!sandbox) throw new Refusal('not_found')
  const { holderClientId, sealedKey } = sandbox
  return createVerifier({
    issuer: deps.issuer,
    resource: resourceOf(deps.issuer, sandbox.twinId),
    clientId: holderClientId,
    privateJwk: JSON.parse(await unseal(deps.secret, SEALED_FOR, sealedKey)) as JWK,
    name: 'Verzonnen gegevens',
    ended: 'introspection',
    reports: { delayMs: 0 },
    now: deps.now,
    fetch: async (url, init) => await askBroker(c, new Request(url, init)),
    replayStore: {
      useOnce: async (key, expiresAt) =>
        (await useUp(deps.db, [{ kind: 'dpop', owner: `sandbox:${sandbox.twinId}`, jti: key, expiresAt }])).length === 0,
    },
  })
}
