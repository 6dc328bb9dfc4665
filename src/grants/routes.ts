import { createRoute, z } from '@hono/zod-openapi'
import { cursorOf, writeCursor } from '../cursor.ts'
import { idOf, jsonRoutes } from '../http.ts'
import type { AgreementId, BoardId, ConsentId, EventId, PersonId, ReleaseId, TokenId } from '../ids.ts'
import { instant } from '../moments.ts'
import { requireToken } from '../oauth/protected.ts'
import { type Change, changesFor, factsOnTheWire } from './changes.ts'
import { grantsOfAgreement } from './grants-of-agreement.ts'
import { knownSubjects } from './known-subjects.ts'
import type { ListedGrant } from './list-grants.ts'
import { reportUses } from './report-uses.ts'

const LARGEST_PAGE = 100

const limit = z.coerce.number().int().min(1).max(LARGEST_PAGE).default(LARGEST_PAGE)
const datatypes = z.array(z.string())
const json = <T extends z.ZodType>(schema: T, description: string) => ({ description, content: { 'application/json': { schema } } })

const grantsRoute = createRoute({
  method: 'get',
  path: '/v1/agreements/{agreement_id}/grants',
  operationId: 'listGrants',
  tags: ['grants'],
  summary: 'What a school released under an agreement',
  description: 'For the supplier of the agreement. `identifier` is what a token is asked with, just in time.',
  security: [{ dpop: ['access_requests'] }],
  middleware: [requireToken('access_requests')] as const,
  request: {
    params: z.object({ agreement_id: idOf<AgreementId>() }),
    query: z.strictObject({ cursor: cursorOf(idOf<ConsentId>(), idOf<ReleaseId>()).optional(), limit }),
  },
  responses: {
    200: json(
      z.object({
        grants: z.array(
          z.object({
            grant_id: z.string(),
            request_id: z.string(),
            reference: z.string(),
            identifier: z.string(),
            location: z.string(),
            purpose: z.string(),
            active: z.boolean(),
            needs_assignment: z.boolean().describe('It stands only while one of your guides is assigned to the pupil: see /assignments'),
            datatypes,
            period: z.object({ from: z.string(), until: z.string() }),
          }),
        ),
        retention: z.string().describe('How long you may keep what comes of them, in the words of the agreement'),
        next_cursor: z.string().optional(),
      }),
      'A page of grants',
    ),
    404: { description: 'This supplier has no such agreement' },
  },
})

const subjectsRoute = createRoute({
  method: 'get',
  path: '/v1/subjects',
  operationId: 'listSubjects',
  tags: ['holders'],
  summary: 'Whom the pseudonyms in tokens stand for',
  description: 'For a data holder, about boards whose agreement with it is in force. A pair never changes. `sub` asks for one.',
  security: [{ dpop: ['subjects'] }],
  middleware: [requireToken('subjects')] as const,
  request: {
    query: z.strictObject({ cursor: cursorOf(idOf<BoardId>(), idOf<PersonId>()).optional(), limit, sub: z.string().max(100).optional() }),
  },
  responses: {
    200: json(
      z.object({ subjects: z.array(z.object({ identifier: z.string(), sub: z.string() })), next_cursor: z.string().optional() }),
      'A page of pairs',
    ),
  },
})

const usesRoute = createRoute({
  method: 'post',
  path: '/v1/uses',
  operationId: 'reportUses',
  tags: ['holders'],
  summary: 'What a holder really handed over',
  description: 'All of them are taken down, or none. With an Idempotency-Key a report that is sent again counts once.',
  security: [{ dpop: ['uses'] }],
  middleware: [requireToken('uses')] as const,
  request: {
    headers: z.object({ 'idempotency-key': z.string().min(8).max(100).optional() }),
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            uses: z
              .array(
                z.strictObject({
                  jti: idOf<TokenId>(),
                  delivered_at: instant,
                  datatypes: z.array(z.string().min(1).max(61)).min(1).max(40),
                  records: z.int().min(0).max(2_000_000_000),
                }),
              )
              .min(1)
              .max(100),
          }),
        },
      },
    },
  },
  responses: {
    201: json(z.object({ accepted: z.int() }), 'Taken down'),
    404: { description: 'One of the tokens was not made for this holder' },
    409: { description: 'A report with this Idempotency-Key is being taken down' },
    422: { description: 'This Idempotency-Key came with another report' },
  },
})

const changesRoute = createRoute({
  method: 'get',
  path: '/v1/changes',
  operationId: 'listChanges',
  tags: ['changes'],
  summary: 'What happened, oldest first',
  description: 'For a supplier or holder. Keep `next_cursor` and go on from there: nothing is skipped, and each subject is in order.',
  security: [{ dpop: ['changes'] }],
  middleware: [requireToken('changes')] as const,
  request: {
    query: z.strictObject({
      cursor: cursorOf(z.string().regex(/^\d{1,19}$/), z.string().regex(/^\d{1,18}$/), idOf<EventId>()).optional(),
      limit,
    }),
  },
  responses: {
    200: json(
      z.object({
        changes: z.array(
          z.object({
            id: z.string(),
            event: z.string(),
            approach: z.enum(['organisation', 'subject']),
            at: z.string(),
            ref: z.string(),
            subject: z.string().nullable(),
            sequence: z.int().nullable(),
            facts: z.record(z.string(), z.unknown()),
          }),
        ),
        next_cursor: z.string().optional(),
      }),
      'What happened after the cursor. Without `next_cursor` nothing ever did.',
    ),
  },
})

/** The REST of grants: lists for suppliers and holders, and reports of holders. */
export function grantRoutes() {
  const app = jsonRoutes()

  app.openapi(grantsRoute, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const after = cursor && { consentId: cursor[0], releaseId: cursor[1] }
    const { grants, retention, next } = await grantsOfAgreement(c.var.deps, c.var.supplier, c.req.valid('param').agreement_id, {
      after,
      limit,
    })
    return c.json(
      { grants: grants.map(onTheWire), retention, ...(next && { next_cursor: writeCursor(next.consentId, next.releaseId) }) },
      200,
    )
  })

  app.openapi(subjectsRoute, async (c) => {
    const { cursor, limit, sub } = c.req.valid('query')
    const after = cursor && { boardId: cursor[0], subjectId: cursor[1] }
    const { subjects, next } = await knownSubjects(c.var.deps, c.var.holder, { after, limit, sub })
    return c.json({ subjects, ...(next && { next_cursor: writeCursor(next.boardId, next.subjectId) }) }, 200)
  })

  app.openapi(usesRoute, async (c) => {
    const deliveries = c.req.valid('json').uses.map(({ jti, delivered_at, datatypes, records }) => ({
      tokenId: jti,
      deliveredAt: new Date(delivered_at),
      datatypes,
      records,
    }))
    const { body } = await reportUses(c.var.deps, c.var.holder, deliveries, c.req.valid('header')['idempotency-key'])
    return c.json(body as { accepted: number }, 201)
  })

  app.openapi(changesRoute, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const after = cursor && { xid: cursor[0], seq: cursor[1], eventId: cursor[2] }
    const changes = await changesFor(c.var.deps, c.var.receiver, { after, limit })
    const last = changes.at(-1)?.place ?? after
    return c.json(
      { changes: changes.map(changeOnTheWire), ...(last && { next_cursor: writeCursor(last.xid, last.seq, last.eventId) }) },
      200,
    )
  })

  return app
}

function onTheWire({
  grantId,
  requestId,
  reference,
  identifier,
  resource,
  purpose,
  active,
  needsAssignment,
  datatypes,
  startsAt,
  endsAt,
}: ListedGrant) {
  return {
    grant_id: grantId,
    request_id: requestId,
    reference,
    identifier,
    location: resource,
    purpose,
    active,
    needs_assignment: needsAssignment,
    datatypes,
    period: { from: startsAt.toISOString(), until: endsAt.toISOString() },
  }
}

function changeOnTheWire({ eventId, event, approach, at, ref, subject, subjectSeq, facts }: Change) {
  return { id: eventId, event, approach, at: at.toISOString(), ref, subject, sequence: subjectSeq, facts: factsOnTheWire(facts) }
}
