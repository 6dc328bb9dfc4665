import { serve } from '@hono/node-server'
import { Hono } from 'hono'
import type { JWK } from 'jose'
import { type AccessVariables, metadataHandler, requireAccess } from '../holder/hono.ts'
import { type Access, AccessError, createVerifier, entryFor, type PupilData } from '../holder/verifier.ts'
import type { HeldRecord } from './records.ts'

export interface HolderServerOptions {
  issuer: string
  /** Where it listens and what it is registered as: `http://localhost:8081/`. */
  resource: string
  clientId: string
  privateJwk: JWK
  name: string
  records: Record<string, Record<string, HeldRecord[]>>
}

export interface RunningHolder {
  /** Sends the reports of use that still wait. */
  settled: () => Promise<void>
  stop: () => Promise<void>
}

/** The demo does not want to wait a minute for a withdrawal to be seen; the kit's own bound is sixty seconds. */
const STATUS_MAX_AGE_SECONDS = 1

/**
 * A data holder as it would be in the world: an HTTP server of its own with `GET /{datatype}`, on the holder kit and with
 * no other part of the broker; `GET /` gives all that a token allows. Listens on loopback only.
 */
export async function startHolder(options: HolderServerOptions): Promise<RunningHolder> {
  const { issuer, resource, clientId, privateJwk, name, records } = options
  const verifier = createVerifier({ issuer, resource, clientId, privateJwk, name, statusMaxAgeSeconds: STATUS_MAX_AGE_SECONDS })

  const app = new Hono<{ Variables: AccessVariables }>()
  app.get(new URL(verifier.metadataUrl).pathname, metadataHandler(verifier))
  async function recordsFor(access: Access, datatype: string) {
    return await Promise.all(
      access.subjects.map(async (subject) => {
        const entry = entryFor(access, subject, datatype)
        if (!entry) throw new AccessError('insufficient_scope', 'the token does not allow these data')
        const held = records[datatype]?.[(await verifier.identifierOf(subject)) ?? ''] ?? []
        return { subject, records: held.filter((record) => isWithin(entry, record)) }
      }),
    )
  }
  const countOf = (subjects: { records: HeldRecord[] }[]) => subjects.reduce((sum, { records: some }) => sum + some.length, 0)

  app.get('/', requireAccess(verifier), async (c) => {
    const { access, delivered } = c.var
    const datatypes = [...new Set(access.details.flatMap((entry) => entry.datatypes))]
    const data = await Promise.all(datatypes.map(async (datatype) => ({ datatype, subjects: await recordsFor(access, datatype) })))
    delivered({ datatypes, records: data.reduce((sum, { subjects }) => sum + countOf(subjects), 0) })
    return c.json({ data })
  })
  app.get('/:datatype', requireAccess(verifier), async (c) => {
    const { access, delivered } = c.var
    const datatype = c.req.param('datatype')
    const subjects = await recordsFor(access, datatype)
    delivered({ datatypes: [datatype], records: countOf(subjects) })
    return c.json({ datatype, subjects })
  })

  const port = Number(new URL(resource).port)
  const server = serve({ fetch: app.fetch, port, hostname: '127.0.0.1' })
  await new Promise<void>((resolve, reject) => server.once('listening', resolve).once('error', reject))
  return {
    settled: () => verifier.settled(),
    stop: async () => {
      await verifier.settled()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}

const isWithin = ({ period }: PupilData, { day }: HeldRecord) =>
  !period || (day >= period.from.slice(0, 10) && day <= period.until.slice(0, 10))
