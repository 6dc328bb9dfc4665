import { createRoute, z } from '@hono/zod-openapi'
import { cursorOf, writeCursor } from '../cursor.ts'
import { locate } from '../handles.ts'
import { idOf, jsonRoutes } from '../http.ts'
import type { AssignmentId } from '../ids.ts'
import { endOf, moment } from '../moments.ts'
import { requireToken } from '../oauth/protected.ts'
import { type Assignment, assignmentsOfSupplier } from './assignments.ts'
import { endAssignment } from './end-assignment.ts'
import { startAssignment } from './start-assignment.ts'

const LARGEST_PAGE = 100

const assignment = z.object({
  id: z.string(),
  identifier: z.string(),
  guide: z.string(),
  from: z.string(),
  until: z.string().nullable().describe('Null: until you end it'),
})
const whole = { 'application/json': { schema: assignment } }
const guarded = { tags: ['assignments'], security: [{ dpop: ['access_requests'] }] }

const startRoute = createRoute({
  ...guarded,
  middleware: [requireToken('access_requests')] as const,
  method: 'post',
  path: '/v1/assignments',
  operationId: 'startAssignment',
  summary: 'Assign one of your guides to a pupil',
  description:
    'A grant with `needs_assignment` stands only while one of your guides is assigned to the pupil. Parents and the school read the ' +
    'name of the guide. The same again, while it runs, is the same assignment.',
  request: {
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            identifier: z.string().min(1).max(100).describe('Your pseudonym of the pupil, from the list of grants'),
            guide: z.string().min(1).max(100),
            until: moment.optional(),
          }),
        },
      },
    },
  },
  responses: {
    200: { description: 'This guide was assigned already', content: whole },
    201: { description: 'The guide is assigned from now', content: whole, headers: z.object({ Location: z.string() }) },
    404: { description: 'You have no such pseudonym' },
    409: { description: 'This guide is assigned to this pupil until another moment' },
  },
})

const listRoute = createRoute({
  ...guarded,
  middleware: [requireToken('access_requests')] as const,
  method: 'get',
  path: '/v1/assignments',
  operationId: 'listAssignments',
  summary: 'Your guides and whom they were assigned to, oldest first',
  request: {
    query: z.strictObject({
      cursor: cursorOf(idOf<AssignmentId>()).optional(),
      limit: z.coerce.number().int().min(1).max(LARGEST_PAGE).default(LARGEST_PAGE),
    }),
  },
  responses: {
    200: {
      description: 'A page of assignments',
      content: { 'application/json': { schema: z.object({ assignments: z.array(assignment), next_cursor: z.string().optional() }) } },
    },
  },
})

const endRoute = createRoute({
  ...guarded,
  middleware: [requireToken('access_requests')] as const,
  method: 'delete',
  path: '/v1/assignments/{assignment_id}',
  operationId: 'endAssignment',
  summary: 'The guide is no longer assigned to the pupil',
  description: 'What leaned on it stops at once. Again changes nothing.',
  request: { params: z.object({ assignment_id: idOf<AssignmentId>() }) },
  responses: { 204: { description: 'It has ended' }, 404: { description: 'You have no such assignment' } },
})

/** K19 for machines: a supplier says which guide works with which pupil, and from when to when. */
export function assignmentRoutes() {
  const app = jsonRoutes()

  app.openapi(startRoute, async (c) => {
    const { deps, supplier } = c.var
    const { identifier, guide, until } = c.req.valid('json')
    c.set('concerns', async () => (await locate(deps.db, 'pseudonym', supplier.supplierId, identifier))?.boardId)
    const started = await startAssignment(deps, supplier, { identifier, guide, endsAt: until ? endOf(until) : undefined })
    const body = onTheWire(started.assignment)
    return started.made ? c.json(body, 201, { Location: `/v1/assignments/${body.id}` }) : c.json(body, 200)
  })

  app.openapi(listRoute, async (c) => {
    const { cursor, limit } = c.req.valid('query')
    const { deps, supplier } = c.var
    const { assignments, next } = await assignmentsOfSupplier(deps.db, supplier.supplierId, { after: cursor?.[0], limit })
    return c.json({ assignments: assignments.map(onTheWire), ...(next && { next_cursor: writeCursor(next) }) }, 200)
  })

  app.openapi(endRoute, async (c) => {
    const { deps, supplier } = c.var
    const assignmentId = c.req.valid('param').assignment_id
    c.set('concerns', async () => (await locate(deps.db, 'assignment', supplier.supplierId, assignmentId))?.boardId)
    await endAssignment(deps, supplier, assignmentId)
    return c.body(null, 204)
  })

  return app
}

function onTheWire({ assignmentId, identifier, guide, startsAt, endsAt }: Assignment) {
  return { id: assignmentId, identifier, guide, from: startsAt.toISOString(), until: endsAt?.toISOString() ?? null }
}
