import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { recordCouncilApproval } from '../../agreements/council-approval.ts'
import { LEGAL_BASES } from '../../catalog/legal-basis.ts'
import { plainText } from '../../catalog/plain-text.ts'
import { addDays, amsterdamDay, startOfAmsterdamDay } from '../../clock.ts'
import { idOf } from '../../http.ts'
import type { PersonId } from '../../ids.ts'
import { day } from '../../moments.ts'
import { forwardRequest } from '../../requests/forward-request.ts'
import { matchSubjects, pickSubjects } from '../../requests/match-subjects.ts'
import { narrowRequest } from '../../requests/narrow-request.ts'
import { refuseRequest } from '../../requests/refuse-request.ts'
import { releaseRequest } from '../../requests/release-request.ts'
import type { AccessRequest } from '../../requests/store.ts'
import { withdrawRelease } from '../../requests/withdraw-release.ts'
import { showError } from '../errors.tsx'
import { formToken } from '../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage, ticked } from '../page.tsx'
import { actOnce, type Desk, requestAtDesk } from './desk.ts'
import { type Overtaken, orHowItIsNow } from './overtaken.tsx'
import type { Wrong } from './request-form.tsx'
import { RequestPage } from './request-sheet.tsx'
import { requestView } from './request-view.ts'

const words = z.string().trim().max(2000)
const matchForm = z.strictObject({
  form: formToken,
  reference: ticked(z.string().max(200)),
  /** Who it was when the page was made; empty for nobody yet. */
  seen: ticked(z.union([z.literal(''), idOf<PersonId>()])),
  person: ticked(z.string().max(36)),
})
const pickForm = z.strictObject({ form: formToken, person: ticked(idOf<PersonId>()) })
const narrowForm = z.strictObject({
  form: formToken,
  without: ticked(z.string().max(100)),
  leave: ticked(z.string().max(200)),
  until: z.union([z.literal('').transform(() => undefined), day]).optional(),
})
const councilForm = z.strictObject({ form: formToken, about: z.string().trim().min(1).pipe(plainText(200)), on: day })
const seen = z.string().regex(/^[0-9a-f]{64}$/)
const forwardForm = z
  .strictObject({
    form: formToken,
    seen,
    alternative: words.min(1),
    alternative_en: words.default(''),
    basis: z.enum(LEGAL_BASES),
    motivation: words.max(4000).default(''),
    guide: z.literal('yes').optional(),
  })
  .refine(({ basis, motivation }) => basis === 'consent' || motivation !== '', { path: ['motivation'] })
const passForm = z.strictObject({ form: formToken, seen })
const releaseForm = z.strictObject({ form: formToken, later: z.literal('yes').optional() })
const refuseForm = z.strictObject({ form: formToken, because: words.min(1) })

/** One request: match or pick whom it is about, narrow, pass it on, refuse; then release what people said yes to (K09). */
export function requestRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/requests/:requestId', signedInPage, async (c) => show(c, await page(c)))

  app.post('/school/requests/:requestId/match', signedInForm, async (c) => {
    const { form, reference, seen, person } = await readForm(c, matchForm)
    const matches = reference.flatMap((name, nr) => {
      const personId = idOf<PersonId>().safeParse(person[nr])
      return personId.success
        ? [{ reference: name, personId: personId.data, ...(seen[nr] !== undefined && { seen: seen[nr] || null }) }]
        : []
    })
    return await act(c, form, 'matched', (desk, { requestId }) => matchSubjects(c.var.deps, desk.around.actor, { requestId, matches }))
  })

  app.post('/school/requests/:requestId/pick', signedInForm, async (c) => {
    const { form, person } = await readForm(c, pickForm)
    return await act(c, form, 'matched', (desk, { requestId }) =>
      pickSubjects(c.var.deps, desk.around.actor, { requestId, personIds: person }),
    )
  })

  app.post('/school/requests/:requestId/narrow', signedInForm, async (c) => {
    const { t } = c.var
    const { form, without, leave, until } = await readForm(c, narrowForm)
    if (without.length + leave.length === 0 && !until) {
      return show(c, await page(c, { field: 'narrow', sentence: t.school.narrowNothing }), 400)
    }
    return await act(c, form, 'narrowed', (desk, { requestId, datatypes }) =>
      narrowRequest(c.var.deps, desk.around.actor, {
        requestId,
        ...(without.length > 0 ? { datatypes: datatypes.filter((datatype) => !without.includes(datatype)) } : {}),
        ...(until ? { endsAt: startOfAmsterdamDay(addDays(until, 1)) } : {}),
        without: leave,
      }),
    )
  })

  app.post('/school/requests/:requestId/council', signedInForm, async (c) => {
    const words = c.var.t.rounds.draft
    const read = await safeReadForm(c, councilForm)
    if (!read.ok) {
      const field = read.wrong.has('about') ? 'about' : 'on'
      return show(
        c,
        await page(c, { field, sentence: field === 'about' ? words.councilAboutWrong : words.councilOnWrong, typed: read.typed }),
        400,
      )
    }
    const { form, about, on } = read.data
    if (on > amsterdamDay(c.var.deps.now())) {
      return show(c, await page(c, { field: 'on', sentence: words.councilOnWrong, typed: { about, on } }), 400)
    }
    return await act(c, form, 'councilRecorded', (desk, { requestId }) =>
      recordCouncilApproval(c.var.deps, desk.around.actor, { council: 'PMR', about, ref: requestId, approvedOn: on }),
    )
  })

  app.post('/school/requests/:requestId/forward', signedInForm, async (c) => {
    const { t } = c.var
    const read = await safeReadForm(c, forwardForm)
    if (!read.ok) {
      const motivation = read.wrong.has('motivation') && !read.wrong.has('alternative')
      const sentence = motivation ? t.school.motivationWrong : t.school.alternativeWrong
      return show(c, await page(c, { field: motivation ? 'motivation' : 'alternative', sentence, typed: read.typed }), 400)
    }
    const { form, seen, alternative, alternative_en: en, basis, motivation, guide } = read.data
    return await act(
      c,
      form,
      'forwarded',
      (desk, { requestId }) =>
        forwardRequest(c.var.deps, desk.around.actor, {
          requestId,
          alternative: { nl: alternative, ...(en ? { en } : {}) },
          legalBasis: basis,
          ...(motivation ? { basisMotivation: motivation } : {}),
          needsAssignment: guide === 'yes',
          seen,
        }),
      [alternative, en, motivation],
    )
  })

  // Everybody was asked before; should somebody not have been, then the question lacks what happens at a no, and is refused.
  app.post('/school/requests/:requestId/pass', signedInForm, async (c) => {
    const { form, seen } = await readForm(c, passForm)
    return await act(c, form, 'passed', (desk, { requestId }) =>
      forwardRequest(c.var.deps, desk.around.actor, { requestId, alternative: { nl: '' }, seen }),
    )
  })

  app.post('/school/requests/:requestId/release', signedInForm, async (c) => {
    const { form, later } = await readForm(c, releaseForm)
    return await act(c, form, 'released', (desk, { requestId }) =>
      releaseRequest(c.var.deps, desk.around.actor, { requestId, coversLater: later === 'yes' }),
    )
  })

  app.post('/school/requests/:requestId/withdraw-release', signedInForm, async (c) => {
    const { form } = await readForm(c, z.strictObject({ form: releaseForm.shape.form }))
    return await act(c, form, 'withdrawn', (desk, { requestId }) => withdrawRelease(c.var.deps, desk.around.actor, requestId))
  })

  app.post('/school/requests/:requestId/refuse', signedInForm, async (c) => {
    const read = await safeReadForm(c, refuseForm)
    if (!read.ok) return show(c, await page(c, { field: 'because', sentence: c.var.t.school.becauseWrong, typed: read.typed }), 400)
    const { form, because } = read.data
    return await act(c, form, 'refused', (desk, { requestId }) => refuseRequest(c.var.deps, desk.around.actor, { requestId, because }), [
      because,
    ])
  })
  return app
}

/**
 * Does one thing to the request of the path. Whether this person may, the command decides; here only whether they see it.
 *
 * @param mine what somebody filled in themselves, for when a colleague was first
 */
async function act(
  c: Context<PageEnv>,
  form: string,
  done: string,
  work: (desk: Desk, request: AccessRequest) => Promise<unknown>,
  mine: string[] = [],
): Promise<Response> {
  const { desk, request } = await requestAtDesk(c, async (_tx, request, desk) => ({ desk, request }))
  const told = { form, back: `/school/requests/${request.requestId}`, done }
  return await orHowItIsNow(
    c,
    mine,
    () => actOnce(c, desk, told, () => work(desk, request)),
    (overtaken) => page(c, undefined, overtaken),
  )
}

async function page(c: Context<PageEnv>, wrong?: Wrong, overtaken?: Overtaken) {
  const { deps } = c.var
  const find = (c.req.query('find') ?? '').slice(0, 200)
  const at = deps.now()
  const { view, decides } = await requestAtDesk(c, async (tx, request, desk) => ({
    view: await requestView(tx, request, find, at),
    decides: desk.decidesAt(request.schoolId),
  }))
  return <RequestPage c={c} view={view} decides={decides} find={find} wrong={wrong} overtaken={overtaken} today={amsterdamDay(at)} />
}
