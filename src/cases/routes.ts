import { createRoute, z } from '@hono/zod-openapi'
import { confirmDuty } from '../agreements/confirm-duty.ts'
import { plainText } from '../catalog/plain-text.ts'
import { cursorOf, writeCursor } from '../cursor.ts'
import { idOf, jsonRoutes } from '../http.ts'
import type { DutyId } from '../ids.ts'
import { instant } from '../moments.ts'
import { requireToken } from '../oauth/protected.ts'
import { dutiesOfSupplier, dutyOfSupplier, type SupplierDuty } from './duties-of-supplier.ts'

const json = <T extends z.ZodType>(schema: T, description: string) => ({ description, content: { 'application/json': { schema } } })

const duty = z.object({
  id: z.string(),
  kind: z
    .enum(['destroy', 'take_down', 'disclose', 'correct', 'restrict', 'stop'])
    .describe('Destroy the data; take a picture down; tell what you hold; correct it; keep it apart and unused; stop using it'),
  approach: z.enum(['organisation', 'subject']),
  agreement_id: z.string().nullable().describe('All that was had under this agreement'),
  subject: z.string().nullable().describe('Your pseudonym for the person, where you have one'),
  references: z.array(z.string()).describe('Your own references for the person, from your requests'),
  instruction: z.string().nullable(),
  subprocessors: z.array(z.string()).describe('Each has to have done it too; the confirmation names them'),
  began_at: z.string(),
  due_at: z.string(),
  confirmed_at: z.string().nullable(),
})

const guarded = { tags: ['duties'], security: [{ dpop: ['duties'] }] }
const params = z.object({ duty_id: idOf<DutyId>() })

const listRoute = createRoute({
  ...guarded,
  middleware: [requireToken('duties')] as const,
  method: 'get',
  path: '/v1/duties',
  operationId: 'listDuties',
  summary: 'What you have to do, and by when',
  description: 'The first due first. What began because somebody stopped, a contract ended, or somebody used a right.',
  request: {
    query: z.strictObject({
      state: z.enum(['open', 'all']).default('open'),
      cursor: cursorOf(instant, idOf<DutyId>()).optional(),
      limit: z.coerce.number().int().min(1).max(100).default(50),
    }),
  },
  responses: { 200: json(z.object({ duties: z.array(duty), next_cursor: z.string().optional() }), 'A page of duties') },
})

const confirmRoute = createRoute({
  ...guarded,
  middleware: [requireToken('duties')] as const,
  method: 'post',
  path: '/v1/duties/{duty_id}/confirmation',
  operationId: 'confirmDuty',
  summary: 'Confirm that it was done',
  description: 'Names every subprocessor of the duty that did it too (model agreement, art. 12). Confirming again changes nothing.',
  request: {
    params,
    body: {
      required: true,
      content: {
        'application/json': {
          schema: z.strictObject({
            subprocessors: z.array(z.string().min(1).max(2000)).max(200).default([]),
            note: plainText(2000).optional().describe('What you did; whoever it is about may read it'),
          }),
        },
      },
    },
  },
  responses: {
    200: json(duty, 'Confirmed'),
    400: { description: 'A subprocessor is left out; `missing` names it' },
    404: { description: 'This supplier has no such duty' },
  },
})

/** The REST of what suppliers have to do. */
export function caseRoutes() {
  const app = jsonRoutes()

  app.openapi(listRoute, async (c) => {
    const { cursor, limit, state } = c.req.valid('query')
    const after = cursor && { dueAt: new Date(cursor[0]), dutyId: cursor[1] }
    const { duties, next } = await dutiesOfSupplier(c.var.deps, c.var.supplier, { open: state === 'open', after, limit })
    return c.json(
      { duties: duties.map(dutyOnTheWire), ...(next && { next_cursor: writeCursor(next.dueAt.toISOString(), next.dutyId) }) },
      200,
    )
  })

  app.openapi(confirmRoute, async (c) => {
    const dutyId = c.req.valid('param').duty_id
    await confirmDuty(c.var.deps, c.var.supplier, { dutyId, ...c.req.valid('json') })
    return c.json(dutyOnTheWire(await dutyOfSupplier(c.var.deps, c.var.supplier, dutyId)), 200)
  })

  return app
}

function dutyOnTheWire(one: SupplierDuty) {
  return {
    id: one.dutyId,
    kind: one.kind,
    approach: one.approach,
    agreement_id: one.agreementId,
    subject: one.subject,
    references: one.references,
    instruction: one.instruction,
    subprocessors: one.subprocessors,
    began_at: one.beganAt.toISOString(),
    due_at: one.dueAt.toISOString(),
    confirmed_at: one.confirmedAt?.toISOString() ?? null,
  }
}
