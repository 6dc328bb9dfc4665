import { createRoute, z } from '@hono/zod-openapi'
import { plainText } from '../catalog/plain-text.ts'
import { worldOf } from '../catalog/store.ts'
import { cursorOf, writeCursor } from '../cursor.ts'
import { locate } from '../handles.ts'
import { idOf, jsonRoutes } from '../http.ts'
import { oncePerKey } from '../idempotency.ts'
import type { RequestId, ServiceId } from '../ids.ts'
import { endOf, moment, startOf } from '../moments.ts'
import { requireToken } from '../oauth/protected.ts'
import { askSchoolWithin, boardAt, MOST_SUBJECTS, type SchoolAsk } from './ask-school.ts'
import { reference } from './reference.ts'
import { requestOf, requestsOfSupplier, type SupplierSummary, type SupplierView } from './supplier-view.ts'
import { withdrawRequest } from './withdraw-request.ts'

const LARGEST_PAGE = 100

const json = <T extends z.ZodType>(schema: T, description: string) => ({ description, content: { 'application/json': { schema } } })

/** What K18 wants is not required here: what lacks has a refusal of its own, which says what and why. */
const accessRequest = z.strictObject({
  addressed_to: z.strictObject({
    scheme: z.enum(['BRIN', 'OIN']),
    value: z.string().regex(/^(\d\d[A-Z]{2}(\d\d)?|\d{20})$/),
  }),
  service_id: idOf<ServiceId>(),
  part_id: z.string().min(1).max(41).optional(),
  authorization_details: z
    .array(
      z.strictObject({
        type: z.literal('pupil-data'),
        locations: z.array(z.string().min(1).max(500)).length(1),
        actions: z.array(z.literal('read')).length(1),
        datatypes: z.array(z.string().min(1).max(61)).max(40),
        purpose: z.string().max(40).optional(),
      }),
    )
    .length(1),
  window: z.strictObject({ from: moment.optional(), until: moment.optional() }),
  occasion: z.string().max(500).optional(),
  reason: z.strictObject({ nl: z.string().max(2000).optional(), en: z.string().min(1).max(2000).optional() }).optional(),
  subject_kind: z.enum(['pupil', 'employee']).optional(),
  subjects: z.array(z.strictObject({ reference, hint: plainText(200).optional() })).max(MOST_SUBJECTS),
  school_picks: z.boolean().optional(),
})

const summary = z.object({
  id: z.string(),
  status: z.enum(['received', 'forwarded', 'released', 'refused', 'withdrawn', 'expired']),
  addressed_to: z.object({ scheme: z.enum(['BRIN', 'OIN']), value: z.string() }),
  service_id: z.string(),
  part_id: z.string().nullable(),
  authorization_details: z.array(
    z.object({
      type: z.literal('pupil-data'),
      locations: z.array(z.string()),
      actions: z.array(z.literal('read')),
      datatypes: z.array(z.string()),
      purpose: z.string(),
    }),
  ),
  window: z.object({ from: z.string(), until: z.string() }),
  narrowed: z.boolean().describe('The school made the request smaller; what is left stands here'),
  occasion: z.string(),
  reason: z.object({ nl: z.string(), en: z.string().optional() }),
  subject_kind: z.enum(['pupil', 'employee']),
  received_at: z.string(),
})

const whole = summary.extend({
  subjects: z.array(z.object({ reference: z.string(), status: z.enum(['pending', 'covered', 'released', 'not_released']) })),
})

const guarded = { tags: ['requests'], security: [{ dpop: ['access_requests'] }] }
const params = z.object({ request_id: idOf<RequestId>() })
const notFound = { description: 'This supplier has no such request' }

const askRoute = createRoute({
  ...guarded,
  middleware: [requireToken('access_requests')] as const,
  method: 'post',
  path: '/v1/access-requests',
  operationId: 'askSchool',
  summary: 'Ask a school for data of its pupils or staff',
  description:
    'Step 1 of 4. Name the subjects by references of your own, with a hint by which the school finds them; or let the school pick. ' +
    'A request names data, a purpose, an end, an occasion and a reason: each lack has its own problem (`blank_cheque_…`). ' +
    'With an Idempotency-Key a request that is sent again is made once.',
  request: {
    headers: z.object({ 'idempotency-key': z.string().min(8).max(100).optional() }),
    body: { required: true, content: { 'application/json': { schema: accessRequest } } },
  },
  responses: {
    201: { ...json(whole, 'The school has it'), headers: z.object({ Location: z.string() }) },
    404: { description: 'There is no such school, service or holder' },
    409: { description: 'The same is being asked, was refused lately, or comes with an Idempotency-Key in flight' },
    422: { description: 'This Idempotency-Key came with another request' },
    429: { description: 'Too many requests wait at this school' },
  },
})

const listRoute = createRoute({
  ...guarded,
  middleware: [requireToken('access_requests')] as const,
  method: 'get',
  path: '/v1/access-requests',
  operationId: 'listAccessRequests',
  summary: 'Your requests to schools, oldest first',
  request: {
    query: z.strictObject({
      cursor: cursorOf(idOf<RequestId>()).optional(),
      limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(LARGEST_PAGE),
    }),
  },
  responses: { 200: json(z.object({ access_requests: z.array(summary), next_cursor: z.string().optional() }), 'A page of requests') },
})

const readRoute = createRoute({
  ...guarded,
  middleware: [requireToken('access_requests')] as const,
  method: 'get',
  path: '/v1/access-requests/{request_id}',
  operationId: 'readAccessRequest',
  summary: 'One request, and how far each subject is',
  description: 'Never who answered what. `covered`: an earlier answer is about this use; the release tells what it was.',
  request: { params },
  responses: { 200: json(whole, 'The request'), 404: notFound },
})

const withdrawRoute = createRoute({
  ...guarded,
  middleware: [requireToken('access_requests')] as const,
  method: 'delete',
  path: '/v1/access-requests/{request_id}',
  operationId: 'withdrawAccessRequest',
  summary: 'Take a request back',
  description: 'What was released under it stops, and what you got under it is to be destroyed. Again changes nothing.',
  request: { params },
  responses: {
    204: { description: 'It is taken back' },
    404: notFound,
    409: { description: 'The school refused it, or its window is over' },
  },
})

/** Step 1 for machines: a supplier asks schools, sees how far it is, takes back. */
export function accessRequestRoutes() {
  const app = jsonRoutes()

  app.openapi(askRoute, async (c) => {
    const { deps, supplier } = c.var
    const input = c.req.valid('json')
    const ask = askOf(input, deps.now())
    const once = { owner: `${supplier.clientId} POST /v1/access-requests`, key: c.req.valid('header')['idempotency-key'], request: input }
    c.set('concerns', async () => (await boardAt(deps.db, ask.addressedTo, await worldOf(deps.db, supplier.supplierId)))?.boardId)
    const { body } = await askSchoolWithin(deps, supplier, ask, (tx, at, work) =>
      oncePerKey(tx, once, at, async () => ({ status: 201, body: viewOnTheWire(await work()) })),
    )
    const request = body as ReturnType<typeof viewOnTheWire>
    return c.json(request, 201, { Location: `/v1/access-requests/${request.id}` })
  })

  app.openapi(listRoute, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const { deps, supplier } = c.var
    const { requests, next } = await requestsOfSupplier(deps.db, supplier.supplierId, { after: cursor?.[0], limit }, deps.now())
    return c.json({ access_requests: requests.map(onTheWire), ...(next && { next_cursor: writeCursor(next) }) }, 200)
  })

  app.openapi(readRoute, async (c) => {
    const { deps, supplier } = c.var
    const view = await requestOf(deps.db, supplier.supplierId, c.req.valid('param').request_id, deps.now())
    return c.json(viewOnTheWire(view), 200)
  })

  app.openapi(withdrawRoute, async (c) => {
    const { deps, supplier } = c.var
    const requestId = c.req.valid('param').request_id
    c.set('concerns', async () => (await locate(deps.db, 'request', supplier.supplierId, requestId))?.boardId)
    await withdrawRequest(deps, supplier, requestId)
    return c.body(null, 204)
  })

  return app
}

function askOf(input: z.infer<typeof accessRequest>, at: Date): SchoolAsk {
  const { locations, datatypes, purpose } = input.authorization_details[0]!
  return {
    addressedTo: input.addressed_to,
    serviceId: input.service_id,
    partId: input.part_id,
    resource: locations[0]!,
    datatypes,
    purpose,
    startsAt: input.window.from ? startOf(input.window.from) : at,
    endsAt: input.window.until ? endOf(input.window.until) : undefined,
    occasion: input.occasion,
    reason: input.reason,
    subjectKind: input.subject_kind,
    subjects: input.school_picks && input.subjects.length === 0 ? 'school_picks' : input.subjects,
  }
}

function viewOnTheWire({ subjects, ...request }: SupplierView) {
  return { ...onTheWire(request), subjects }
}

function onTheWire(request: SupplierSummary) {
  return {
    id: request.requestId,
    status: request.status,
    addressed_to: request.addressedTo,
    service_id: request.serviceId,
    part_id: request.partId,
    authorization_details: [
      {
        type: 'pupil-data' as const,
        locations: [request.resource],
        actions: ['read' as const],
        datatypes: request.datatypes,
        purpose: request.purpose,
      },
    ],
    window: { from: request.startsAt.toISOString(), until: request.endsAt.toISOString() },
    narrowed: request.narrowed,
    occasion: request.occasion,
    reason: { nl: request.reason.nl, ...(request.reason.en !== null && { en: request.reason.en }) },
    subject_kind: request.subjectKind,
    received_at: request.receivedAt.toISOString(),
  }
}
