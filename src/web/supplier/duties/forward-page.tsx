import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { NEEDS_WORDS } from '../../../cases/ask-right.ts'
import { forwardRight } from '../../../cases/forward-right.ts'
import { RIGHTS } from '../../../cases/right.ts'
import { optionalPlainText, plainText } from '../../../catalog/plain-text.ts'
import { amsterdamDay, startOfAmsterdamDay } from '../../../clock.ts'
import { idOf } from '../../../http.ts'
import type { BoardId } from '../../../ids.ts'
import { day } from '../../../moments.ts'
import { Refusal } from '../../../refusal.ts'
import { typedReference } from '../../../requests/reference.ts'
import { showError } from '../../errors.tsx'
import { Choices, Field, TextArea } from '../../fields.tsx'
import { formToken } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { actOnceAt, type SupplierDesk, supplierDesk } from '../desk.ts'
import { knownBoards } from './known-boards.ts'
import { type Again, TellPage } from './tell-page.tsx'

const forwardForm = z.strictObject({
  form: formToken,
  board: idOf<BoardId>(),
  right: z.enum(RIGHTS),
  reference: typedReference,
  hint: plainText(200),
  on: day,
  words: optionalPlainText(2000),
})

/** Somebody asked the supplier what the school has to answer: it goes on at once (M16). */
export function forwardRightRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/duties/forward', signedInPage, async (c) => show(c, await forwardPage(c, await deskOf(c))))

  app.post('/supplier/:supplierId/duties/forward', signedInForm, async (c) => {
    const desk = await deskOf(c)
    const read = await safeReadForm(c, forwardForm)
    if (!read.ok) return show(c, await forwardPage(c, desk, read), 400)
    const { form, board, right, reference, hint, on, words } = read.data
    const now = c.var.deps.now()
    const wrong = new Set([...(NEEDS_WORDS.has(right) && !words ? ['words'] : []), ...(on > amsterdamDay(now) ? ['on'] : [])])
    if (wrong.size > 0) return show(c, await forwardPage(c, desk, { wrong, typed: { board, right, reference, hint, on, words } }), 400)
    const receivedAt = on === amsterdamDay(now) ? now : startOfAmsterdamDay(on)
    return await actOnceAt(c, desk, { form, back: `${desk.path}/duties`, done: 'forwarded' }, () =>
      forwardRight(c.var.deps, desk.actor, { boardId: board, kind: right, reference, hint, words: words || null, receivedAt }),
    )
  })
  return app
}

async function deskOf(c: Context<PageEnv>): Promise<SupplierDesk> {
  const desk = await supplierDesk(c)
  if (!desk.may('contracts', 'case_worker')) throw new Refusal('member_role_missing')
  return desk
}

async function forwardPage(c: Context<PageEnv>, desk: SupplierDesk, again: Again = { wrong: new Set(), typed: {} }) {
  const { t, deps } = c.var
  const { wrong, typed } = again
  const words = t.supplierDuties.forward
  const boards = await knownBoards(deps.db, desk.member.supplierId)
  const today = amsterdamDay(deps.now())
  const sentences = { reference: t.asking.wrong.reference, hint: words.hintWrong, on: words.onWrong, words: t.cases.rights.wordsWrong }
  const error = (field: keyof typeof sentences) => wrong.has(field) && sentences[field]
  return (
    <TellPage c={c} desk={desk} path="forward" words={words} boards={boards} sentences={sentences} again={again}>
      <Choices
        name="right"
        label={t.cases.school.recordRight}
        chosen={typed.right ?? ''}
        options={RIGHTS.map((value) => ({ value, text: t.cases.rights.kinds[value] }))}
      />
      <Field
        name="reference"
        label={t.asking.reference}
        hint={t.asking.referenceHint}
        error={error('reference')}
        input={{ value: typed.reference, maxlength: 64, autocomplete: 'off' }}
      />
      <Field
        name="hint"
        label={words.hint}
        hint={words.hintHint}
        error={error('hint')}
        input={{ value: typed.hint, maxlength: 200, autocomplete: 'off' }}
      />
      <TextArea name="words" label={t.cases.school.words} error={error('words')} value={typed.words} />
      <Field name="on" label={words.on} error={error('on')} input={{ type: 'date', value: typed.on ?? today, max: today }} />
    </TellPage>
  )
}
