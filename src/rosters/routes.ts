import { createRoute, z } from '@hono/zod-openapi'
import type { Context } from 'hono'
import { sha256 } from '../canonical.ts'
import { boundedBytes, idOf, jsonRoutes } from '../http.ts'
import { oncePerKey } from '../idempotency.ts'
import type { UploadId } from '../ids.ts'
import { requireToken } from '../oauth/protected.ts'
import { errorCount } from '../people/oneroster/table.ts'
import { Refusal } from '../refusal.ts'
import { boardAt } from '../requests/ask-school.ts'
import { REAL_WORLD } from '../worlds.ts'
import { receiveRoster, rosterOfSender, type SentRoster } from './receive-roster.ts'

/** Where a body is a roster and no JSON. */
export const ROSTER_PATH = '/v1/roster-imports'
/** A hundred thousand users come to some eight million bytes, zipped. */
export const LARGEST_ROSTER_BYTES = 32 * 1024 * 1024
const MOST_ERRORS = 1000
const TYPES = ['application/zip', 'application/xml', 'text/xml', 'text/csv'] as const

const json = <T extends z.ZodType>(schema: T, description: string) => ({ description, content: { 'application/json': { schema } } })

const rosterImport = z.object({
  id: z.string(),
  status: z
    .enum(['reading', 'waiting_for_school', 'taking_in', 'taken_in', 'refused', 'cancelled', 'failed'])
    .describe('`waiting_for_school`: somebody at the school looks first, because much would end or columns have no name yet'),
  progress: z.object({ done: z.number().int(), total: z.number().int().nullable() }),
  received_at: z.string(),
  changes: z.record(z.string(), z.number().int()).optional().describe('How many of each kind of change it comes to'),
  errors: z
    .array(z.object({ file: z.string(), line: z.number().int(), column: z.string().nullable(), message: z.string() }))
    .optional()
    .describe(`Why nothing of it was taken in; at most ${MOST_ERRORS}`),
  error_count: z.number().int().optional(),
})

const guarded = { tags: ['rosters'], security: [{ dpop: ['roster_imports'] }] }

const sendRoute = createRoute({
  ...guarded,
  middleware: [requireToken('roster_imports')] as const,
  method: 'post',
  path: ROSTER_PATH,
  operationId: 'sendRoster',
  summary: 'Send a roster of a board',
  description:
    'A OneRoster 1.1 or 1.2 bundle (zip; bulk or delta), EDEXML, or a CSV file whose columns the board has named before. An administrator ' +
    'of the board allows your system first. It is taken in whole or not at all; when more than a tenth of a school would end, somebody at ' +
    'the school confirms it first. With an Idempotency-Key a roster that is sent again is received once.',
  request: {
    headers: z.object({ 'idempotency-key': z.string().min(8).max(100).optional() }),
    query: z.strictObject({ oin: z.string().regex(/^\d{20}$/) }),
    body: {
      required: true,
      content: Object.fromEntries(TYPES.map((type) => [type, { schema: { type: 'string', format: 'binary' } }])) as never,
    },
  },
  responses: {
    202: { ...json(rosterImport, 'It was received and is being read'), headers: z.object({ Location: z.string() }) },
    404: { description: 'There is no such board, or it does not let your system send its rosters' },
    409: { description: 'A roster with this Idempotency-Key is being received' },
    413: { description: 'The roster is too large' },
    415: { description: 'This is no type a roster comes in' },
    422: { description: 'This Idempotency-Key came with another roster' },
  },
})

const readRoute = createRoute({
  ...guarded,
  middleware: [requireToken('roster_imports')] as const,
  method: 'get',
  path: `${ROSTER_PATH}/{import_id}`,
  operationId: 'readRosterImport',
  summary: 'How far a roster is that you sent, or why it was refused',
  request: { params: z.object({ import_id: idOf<UploadId>() }) },
  responses: { 200: json(rosterImport, 'The roster'), 404: { description: 'Your system sent no such roster' } },
})

/** Rosters of student administrations, sent by machines. */
export function rosterImportRoutes() {
  const app = jsonRoutes()

  app.openapi(sendRoute, async (c) => {
    const { deps, holder } = c.var
    mustBeRoster(c)
    const content = await boundedBytes(c, LARGEST_ROSTER_BYTES)
    if (content.length === 0) throw new Refusal('input_invalid', { errors: [{ field: '', reason: 'is empty' }] })
    const { oin } = c.req.valid('query')
    const board = await boardAt(deps.db, { scheme: 'OIN', value: oin }, REAL_WORLD)
    if (!board) throw new Refusal('board_not_found')
    const once = {
      owner: `${holder.clientId} POST ${ROSTER_PATH}`,
      key: c.req.valid('header')['idempotency-key'],
      request: { oin, content: sha256(content).toString('hex') },
    }
    c.set('concerns', async () => board.boardId)
    const { body } = await receiveRoster(deps, holder, board.boardId, content, (tx, at, work) =>
      oncePerKey(tx, once, at, async () => ({ status: 202, body: onTheWire(await work()) })),
    )
    const received = body as ReturnType<typeof onTheWire>
    return c.json(received, 202, { Location: `${ROSTER_PATH}/${received.id}` })
  })

  app.openapi(readRoute, async (c) => {
    const { deps, holder } = c.var
    return c.json(onTheWire(await rosterOfSender(deps, holder, c.req.valid('param').import_id)), 200)
  })
  return app
}

/** @throws Refusal `media_type_not_supported` */
function mustBeRoster(c: Context): void {
  const given = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase()
  if (!TYPES.some((type) => type === given)) throw new Refusal('media_type_not_supported')
}

function onTheWire({ upload: { uploadId, madeAt, is }, job }: SentRoster) {
  const failed = job?.state === 'given_up' && (is.state === 'reading' || is.state === 'taking_in')
  const status = {
    reading: 'reading',
    mapping: 'waiting_for_school',
    waiting: 'waiting_for_school',
    taking_in: 'taking_in',
    taken: 'taken_in',
    refused: 'refused',
    cancelled: 'cancelled',
  } as const
  const preview = 'preview' in is ? is.preview : null
  return {
    id: uploadId,
    status: failed ? ('failed' as const) : status[is.state],
    progress: { done: job?.done ?? 0, total: job?.total ?? null },
    received_at: madeAt.toISOString(),
    ...(preview && { changes: { ...preview.counts, personsChanged: preview.personsChanged } }),
    ...(is.state === 'refused' && { errors: is.errors.slice(0, MOST_ERRORS), error_count: errorCount(is.errors) }),
  }
}
