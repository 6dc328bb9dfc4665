import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { Addendum } from '../../agreements/addendum.ts'
import { addendumById } from '../../agreements/addendum-store.ts'
import { checkAddendum } from '../../agreements/check-addendum.ts'
import { rejectAddendum } from '../../agreements/reject-addendum.ts'
import { signAddendum } from '../../agreements/sign-addendum.ts'
import { agreementById } from '../../agreements/store.ts'
import { sha256 } from '../../canonical.ts'
import { supplierById } from '../../catalog/store.ts'
import { idOf } from '../../http.ts'
import type { AddendumId } from '../../ids.ts'
import { personById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { DocumentText } from '../agreement-parts.tsx'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { AddendumFacts } from './addendum-facts.tsx'
import { nameOf } from './case-view.ts'
import { Rejecting } from './contract-parts.tsx'
import { textFile } from './contract-view.ts'
import { actOnce, atDesk, type Desk, desksOf } from './desk.ts'
import { SchoolNav } from './school-nav.tsx'

const onlyForm = z.strictObject({ form: formToken })
const signForm = z.strictObject({ form: formToken, text: z.string().regex(/^[0-9a-f]{64}$/) })
const rejectForm = z.strictObject({ form: formToken, because: z.string().trim().min(1).max(2000) })

/** One addendum: the contract's side of a use that was not foreseen (K11). */
export function addendumRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/addenda/:addendumId', signedInPage, async (c) => show(c, await addendumPage(c)))

  app.get('/school/addenda/:addendumId/text', signedInPage, async (c) => {
    const { addendum } = await addendumAtDesk(c)
    return textFile(c, addendum.addendumId, addendum.text)
  })

  app.post('/school/addenda/:addendumId/check', signedInForm, async (c) => {
    const { form } = await readForm(c, onlyForm)
    return await act(c, form, 'checked', (desk, addendumId) => checkAddendum(c.var.deps, desk.around.actor, { addendumId }))
  })

  app.post('/school/addenda/:addendumId/sign', signedInForm, async (c) => {
    const { form, text } = await readForm(c, signForm)
    return await act(c, form, 'signed', (desk, addendumId) => signAddendum(c.var.deps, desk.around.actor, { addendumId, textHash: text }))
  })

  app.post('/school/addenda/:addendumId/reject', signedInForm, async (c) => {
    const read = await safeReadForm(c, rejectForm)
    if (!read.ok) return show(c, await addendumPage(c, true), 400)
    const { form, because } = read.data
    return await act(c, form, 'rejected', (desk, addendumId) => rejectAddendum(c.var.deps, desk.around.actor, { addendumId, because }))
  })
  return app
}

async function addendumAtDesk(c: Context<PageEnv>): Promise<{ desk: Desk; addendum: Addendum; supplier: string; signedBy: string }> {
  const id = idOf<AddendumId>().safeParse(c.req.param('addendumId'))
  if (!id.success) throw new Refusal('addendum_not_found')
  for (const desk of desksOf(c)) {
    const { boardId } = desk.around.actor
    const found = await atDesk(c, desk, async (tx) => {
      const addendum = await addendumById(tx, boardId, id.data)
      const agreement = addendum && (await agreementById(tx, boardId, addendum.agreementId, c.var.deps.now()))
      const supplier = agreement && (await supplierById(tx, agreement.supplierId))
      const signer = addendum?.state === 'signed' ? await personById(tx, boardId, addendum.signedBy) : undefined
      return addendum && { addendum, supplier: supplier?.legalName ?? '', signedBy: signer ? nameOf(signer) : '' }
    })
    if (found) return { desk, ...found }
  }
  throw new Refusal('addendum_not_found')
}

async function act(
  c: Context<PageEnv>,
  form: string,
  done: string,
  work: (desk: Desk, addendumId: AddendumId) => Promise<unknown>,
): Promise<Response> {
  const { desk, addendum } = await addendumAtDesk(c)
  const { addendumId } = addendum
  return await actOnce(c, desk, { form, back: `/school/addenda/${addendumId}`, done }, () => work(desk, addendumId))
}

const DONE = ['checked', 'signed', 'rejected'] as const

async function addendumPage(c: Context<PageEnv>, withoutReason = false) {
  const { t } = c.var
  const words = t.school.contracts
  const { desk, addendum, supplier, signedBy } = await addendumAtDesk(c)
  const path = `/school/addenda/${addendum.addendumId}`
  const hash = sha256(addendum.text).toString('hex')
  const done = DONE.find((word) => word === c.req.query('done'))
  const { state } = addendum
  return (
    <Page c={c} title={words.addendum(supplier)} errors={withoutReason ? [{ field: 'because', sentence: words.becauseWrong }] : []}>
      <SchoolNav c={c} />
      {done && <Notice kind="ok">{words[done]}</Notice>}
      <Heading>{words.addendum(supplier)}</Heading>
      <p>
        <span class="utrecht-status-badge utrecht-status-badge--neutral">{words.addendumStates[state]}</span>
      </p>
      <P>{words.addendaIntro}</P>
      <AddendumFacts c={c} addendum={addendum} supplier={supplier} board={desk.around.boardName} signedBy={signedBy} />
      <article class="document card">
        <DocumentText text={addendum.text} />
        <p class="soft contract__hash">{words.bytes(hash)}</p>
      </article>
      <p class="links no-print">
        <Link href={`${path}/text`}>{words.bytesFile}</Link>
      </p>
      {state === 'draft' && desk.handlesContracts && (
        <OnceForm action={`${path}/check`}>
          <Button>{words.check}</Button>
        </OnceForm>
      )}
      {state === 'checked' && (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.signTitle}</h2>
          <P>{desk.signs ? words.signIntro : words.signOnly}</P>
          {desk.signs && (
            <OnceForm action={`${path}/sign`}>
              <input type="hidden" name="text" value={hash} />
              <Button>{words.signAddendum}</Button>
            </OnceForm>
          )}
        </section>
      )}
      {(state === 'draft' || state === 'checked') && desk.handlesContracts && (
        <Rejecting c={c} action={`${path}/reject`} withoutReason={withoutReason} />
      )}
    </Page>
  )
}
