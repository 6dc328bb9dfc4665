import { createRoute, z } from '@hono/zod-openapi'
import { PURPOSES } from '../catalog/purposes.ts'
import { idOf, jsonRoutes } from '../http.ts'
import type { EventId, StreamId } from '../ids.ts'
import { requireToken } from '../oauth/protected.ts'
import { EVENT_TYPES, typeUri } from './event-types.ts'
import { EVENT_STATES, eventsOfStream, reportDone, retryEvents, type StreamEventView, skipEvents } from './laid-aside.ts'
import { pollEvents } from './poll.ts'
import { changeStream, closeStream, openStream, type Stream, streamOf, streamsOf } from './streams.ts'

const PUSH = 'urn:ietf:rfc:8935'
const POLL = 'urn:ietf:rfc:8936'
const MOST_AT_ONCE = 100

const json = <T extends z.ZodType>(schema: T, description: string) => ({ description, content: { 'application/json': { schema } } })
const guarded = { tags: ['event-streams'], security: [{ dpop: ['changes'] }] }
const params = z.object({ stream_id: idOf<StreamId>() })
const bodyOf = <T extends z.ZodType>(schema: T) => ({ required: true, content: { 'application/json': { schema } } })
const notFound = { 404: { description: 'This supplier or holder has no such stream' } }

const eventTypes = z.array(z.enum(EVENT_TYPES)).min(1).max(EVENT_TYPES.length).nullable().describe('Null: all of them')
const purposes = z
  .array(z.string().refine((id) => PURPOSES.some((purpose) => purpose.id === id), 'is not a purpose'))
  .min(1)
  .max(40)
  .nullable()
  .describe('Null: all of them. An event that has no purpose of its own always comes.')
const endpointUrl = z.string().min(1).max(500)
const authorizationHeader = z
  .string()
  .min(1)
  .max(2000)
  .regex(/^[\x21-\x7e][\x20-\x7e]*$/, 'is no header value')

const stream = z.object({
  id: z.string(),
  aud: z.string(),
  delivery: z.object({ method: z.enum([PUSH, POLL]), endpoint_url: z.string().optional() }),
  event_types: z.array(z.enum(EVENT_TYPES)).nullable(),
  purposes: z.array(z.string()).nullable(),
  status: z.enum(['enabled', 'paused']),
  rests_until: z.string().nullable().describe('We could not reach the endpoint, and try again then'),
  events_supported: z.array(z.string()),
})

const openRoute = createRoute({
  ...guarded,
  middleware: [requireToken('changes')] as const,
  method: 'post',
  path: '/v1/event-streams',
  operationId: 'openEventStream',
  summary: 'Be told what happens from now on',
  description: 'As signed security event tokens (RFC 8417), pushed to you (RFC 8935) or fetched by you (RFC 8936). At most five streams.',
  request: {
    body: bodyOf(
      z.strictObject({
        delivery: z.discriminatedUnion('method', [
          z.strictObject({ method: z.literal(PUSH), endpoint_url: endpointUrl, authorization_header: authorizationHeader.optional() }),
          z.strictObject({ method: z.literal(POLL) }),
        ]),
        event_types: eventTypes.default(null),
        purposes: purposes.default(null),
      }),
    ),
  },
  responses: {
    201: json(stream, 'The stream'),
    400: { description: 'We do not push there' },
    409: { description: 'There are five already' },
  },
})

const listRoute = createRoute({
  ...guarded,
  middleware: [requireToken('changes')] as const,
  method: 'get',
  path: '/v1/event-streams',
  operationId: 'listEventStreams',
  summary: 'Your streams',
  responses: { 200: json(z.object({ streams: z.array(stream) }), 'Your streams') },
})

const readRoute = createRoute({
  ...guarded,
  middleware: [requireToken('changes')] as const,
  method: 'get',
  path: '/v1/event-streams/{stream_id}',
  operationId: 'readEventStream',
  summary: 'One stream',
  request: { params },
  responses: { 200: json(stream, 'The stream'), ...notFound },
})

const changeRoute = createRoute({
  ...guarded,
  middleware: [requireToken('changes')] as const,
  method: 'patch',
  path: '/v1/event-streams/{stream_id}',
  operationId: 'changeEventStream',
  summary: 'Pause a stream, move it, or filter it',
  description: 'A paused stream goes on where it stopped. A filter counts for what happens from then on.',
  request: {
    params,
    body: bodyOf(
      z.strictObject({
        status: z.enum(['enabled', 'paused']).optional(),
        endpoint_url: endpointUrl.optional(),
        authorization_header: authorizationHeader.optional(),
        event_types: eventTypes.optional(),
        purposes: purposes.optional(),
      }),
    ),
  },
  responses: { 200: json(stream, 'The stream'), 400: { description: 'We do not push there' }, ...notFound },
})

const closeRoute = createRoute({
  ...guarded,
  middleware: [requireToken('changes')] as const,
  method: 'delete',
  path: '/v1/event-streams/{stream_id}',
  operationId: 'closeEventStream',
  summary: 'Close a stream, with what waited in it',
  request: { params },
  responses: { 204: { description: 'Closed' }, ...notFound },
})

const pollRoute = createRoute({
  ...guarded,
  middleware: [requireToken('changes')] as const,
  method: 'post',
  path: '/v1/event-streams/{stream_id}/poll',
  operationId: 'pollEvents',
  summary: 'Fetch events and acknowledge those you got (RFC 8936)',
  description: 'Each comes again until you acknowledge it. What you could not take (`setErrs`) is laid aside.',
  request: {
    params,
    body: bodyOf(
      z.strictObject({
        maxEvents: z.int().min(0).max(MOST_AT_ONCE).default(MOST_AT_ONCE),
        returnImmediately: z.boolean().default(false),
        ack: z.array(idOf<EventId>()).max(1000).default([]),
        setErrs: z
          .record(
            idOf<EventId>(),
            z.strictObject({ err: z.string().regex(/^[a-zA-Z_]{1,40}$/), description: z.string().max(2000).optional() }),
          )
          .refine((errors) => Object.keys(errors).length <= MOST_AT_ONCE, 'has too many')
          .default({}),
      }),
    ),
  },
  responses: {
    200: json(z.object({ sets: z.record(z.string(), z.string()), moreAvailable: z.boolean() }), 'Events, by jti'),
    409: { description: 'The events of this stream are pushed' },
    ...notFound,
  },
})

const eventsRoute = createRoute({
  ...guarded,
  middleware: [requireToken('changes')] as const,
  method: 'get',
  path: '/v1/event-streams/{stream_id}/events',
  operationId: 'listStreamEvents',
  summary: 'How events stand: waiting, delivered, done, laid aside, or skipped',
  description: 'An event that lies aside holds those behind it about the same subject, which are waiting: order is kept.',
  request: {
    params,
    query: z.strictObject({
      state: z.enum(EVENT_STATES).optional(),
      limit: z.coerce.number().int().min(1).max(MOST_AT_ONCE).default(MOST_AT_ONCE),
    }),
  },
  responses: {
    200: json(
      z.object({
        events: z.array(
          z.object({
            jti: z.string(),
            state: z.enum(EVENT_STATES),
            attempts: z.int(),
            last_error: z.string().nullable(),
            taken_in_at: z.string(),
            delivered_at: z.string().nullable(),
            done_at: z.string().nullable(),
          }),
        ),
      }),
      'The newest first',
    ),
    ...notFound,
  },
})

const jtis = z.array(idOf<EventId>()).min(1).max(MOST_AT_ONCE)

const retryRoute = createRoute({
  ...guarded,
  middleware: [requireToken('changes')] as const,
  method: 'post',
  path: '/v1/event-streams/{stream_id}/retry',
  operationId: 'retryEvents',
  summary: 'Send what was laid aside once more, before what waits behind it',
  request: { params, body: bodyOf(z.strictObject({ jtis: jtis.optional().describe('Absent: all of them') })) },
  responses: { 200: json(z.object({ retried: z.int() }), 'So many go out again'), ...notFound },
})

const skipRoute = createRoute({
  ...guarded,
  middleware: [requireToken('changes')] as const,
  method: 'post',
  path: '/v1/event-streams/{stream_id}/skip',
  operationId: 'skipEvents',
  summary: 'Let go of what was laid aside: it never comes, and what waits behind it does',
  request: { params, body: bodyOf(z.strictObject({ jtis: jtis.optional().describe('Absent: all of them') })) },
  responses: { 200: json(z.object({ skipped: z.int() }), 'So many are let go'), ...notFound },
})

const doneRoute = createRoute({
  ...guarded,
  middleware: [requireToken('changes')] as const,
  method: 'post',
  path: '/v1/event-streams/{stream_id}/done',
  operationId: 'reportEventsDone',
  summary: 'Say that you did what delivered events ask of you',
  request: { params, body: bodyOf(z.strictObject({ jtis })) },
  responses: { 200: json(z.object({ done: z.int() }), 'So many are done now'), ...notFound },
})

/** The REST of event streams, for suppliers and holders. */
export function streamRoutes() {
  const app = jsonRoutes()

  app.openapi(openRoute, async (c) => {
    const { delivery, event_types, purposes } = c.req.valid('json')
    const pushed = delivery.method === PUSH
    const opened = await openStream(c.var.deps, c.var.receiver, {
      delivery: pushed ? 'push' : 'poll',
      ...(pushed && { endpointUrl: delivery.endpoint_url }),
      ...(pushed && delivery.authorization_header !== undefined && { endpointAuthorization: delivery.authorization_header }),
      eventTypes: event_types,
      purposes,
    })
    return c.json(onTheWire(c.var.deps.issuer, opened), 201, { location: `/v1/event-streams/${opened.stream_id}` })
  })

  app.openapi(listRoute, async (c) => {
    const streams = await streamsOf(c.var.deps.db, c.var.receiver)
    return c.json({ streams: streams.map((one) => onTheWire(c.var.deps.issuer, one)) }, 200)
  })

  app.openapi(readRoute, async (c) =>
    c.json(onTheWire(c.var.deps.issuer, await streamOf(c.var.deps.db, c.var.receiver, c.req.valid('param').stream_id)), 200),
  )

  app.openapi(changeRoute, async (c) => {
    const { status, endpoint_url, authorization_header, event_types, purposes } = c.req.valid('json')
    const changed = await changeStream(c.var.deps, c.var.receiver, c.req.valid('param').stream_id, {
      ...(status && { status }),
      ...(endpoint_url !== undefined && { endpointUrl: endpoint_url }),
      ...(authorization_header !== undefined && { endpointAuthorization: authorization_header }),
      ...(event_types !== undefined && { eventTypes: event_types }),
      ...(purposes !== undefined && { purposes }),
    })
    return c.json(onTheWire(c.var.deps.issuer, changed), 200)
  })

  app.openapi(closeRoute, async (c) => {
    await closeStream(c.var.deps, c.var.receiver, c.req.valid('param').stream_id)
    return c.body(null, 204)
  })

  app.openapi(pollRoute, async (c) => {
    const { setErrs, ...polling } = c.req.valid('json')
    const errors = Object.entries(setErrs).map(([eventId, { err }]) => ({ eventId: eventId as EventId, err }))
    const { sets, moreAvailable } = await pollEvents(c.var.deps, c.var.receiver, c.req.valid('param').stream_id, {
      ...polling,
      setErrs: errors,
    })
    return c.json({ sets: Object.fromEntries(sets), moreAvailable }, 200)
  })

  app.openapi(eventsRoute, async (c) => {
    const { state, limit } = c.req.valid('query')
    const events = await eventsOfStream(c.var.deps, c.var.receiver, c.req.valid('param').stream_id, { ...(state && { state }), limit })
    return c.json({ events: events.map(eventOnTheWire) }, 200)
  })

  app.openapi(retryRoute, async (c) => {
    const retried = await retryEvents(c.var.deps, c.var.receiver, c.req.valid('param').stream_id, c.req.valid('json').jtis)
    return c.json({ retried }, 200)
  })

  app.openapi(skipRoute, async (c) => {
    const skipped = await skipEvents(c.var.deps, c.var.receiver, c.req.valid('param').stream_id, c.req.valid('json').jtis)
    return c.json({ skipped }, 200)
  })

  app.openapi(doneRoute, async (c) => {
    const done = await reportDone(c.var.deps, c.var.receiver, c.req.valid('param').stream_id, c.req.valid('json').jtis)
    return c.json({ done }, 200)
  })

  return app
}

function onTheWire(issuer: string, { stream_id, client_id, delivery, endpoint_url, event_types, purposes, status, rests_until }: Stream) {
  return {
    id: stream_id,
    aud: client_id,
    delivery: delivery === 'push' ? { method: PUSH, endpoint_url: endpoint_url! } : { method: POLL },
    event_types,
    purposes,
    status,
    rests_until: rests_until?.toISOString() ?? null,
    events_supported: EVENT_TYPES.map((type) => typeUri(issuer, type)),
  } satisfies z.input<typeof stream>
}

function eventOnTheWire({ eventId, state, attempts, lastError, takenInAt, deliveredAt, doneAt }: StreamEventView) {
  return {
    jti: eventId,
    state,
    attempts,
    last_error: lastError,
    taken_in_at: takenInAt.toISOString(),
    delivered_at: deliveredAt?.toISOString() ?? null,
    done_at: doneAt?.toISOString() ?? null,
  }
}
