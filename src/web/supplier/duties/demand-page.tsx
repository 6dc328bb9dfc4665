import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { DEMAND_OUTCOMES } from '../../../cases/legal-demand.ts'
import { boardsWithAgreement, DEMAND_TELLERS, tellLegalDemand } from '../../../cases/tell-demand.ts'
import { plainText } from '../../../catalog/plain-text.ts'
import { amsterdamDay, startOfAmsterdamDay } from '../../../clock.ts'
import { idOf } from '../../../http.ts'
import type { BoardId } from '../../../ids.ts'
import { day } from '../../../moments.ts'
import { typedReference } from '../../../requests/reference.ts'
import { showError } from '../../errors.tsx'
import { Choices, Field, TextArea, Tick } from '../../fields.tsx'
import { formToken } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { actOnceAt, type SupplierDesk, supplierDesk } from '../desk.ts'
import { knownBoards } from './known-boards.ts'
import { type Again, TellPage } from './tell-page.tsx'

const empty = z.literal('')
const demandForm = z.strictObject({
  form: formToken,
  board: idOf<BoardId>(),
  authority: plainText(200),
  ground: plainText(200),
  checkedHow: plainText(2000),
  checkedBy: plainText(200),
  data: plainText(2000),
  size: z.union([empty, z.string().regex(/^[1-9]\d{0,6}$/)]),
  reference: z.union([empty, typedReference]),
  outcome: z.enum(DEMAND_OUTCOMES),
  on: z.union([empty, day]),
  secret: z.literal('yes').optional(),
})

/** A supplier of whom data are demanded by law tells the school at once (C13, M07; model agreement art. 5.4). */
export function supplierDemandRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/duties/demand', signedInPage, async (c) =>
    show(c, await demandPage(c, await supplierDesk(c, ...DEMAND_TELLERS))),
  )

  app.post('/supplier/:supplierId/duties/demand', signedInForm, async (c) => {
    const desk = await supplierDesk(c, ...DEMAND_TELLERS)
    const read = await safeReadForm(c, demandForm)
    if (!read.ok) return show(c, await demandPage(c, desk, read), 400)
    const { form, board, size, on, secret, ...said } = read.data
    const now = c.var.deps.now()
    const isOff = (said.outcome === 'given') !== (on !== '') || on > amsterdamDay(now)
    const wrong = new Set([...(isOff ? ['on'] : []), ...(size || said.reference ? [] : ['size'])])
    if (wrong.size > 0) {
      const typed = { board, size, on, ...said, ...(secret && { secret }) }
      return show(c, await demandPage(c, desk, { wrong, typed }), 400)
    }
    const givenAt = on === '' ? null : on === amsterdamDay(now) ? now : startOfAmsterdamDay(on)
    return await actOnceAt(c, desk, { form, back: `${desk.path}/duties`, done: 'reported' }, () =>
      tellLegalDemand(c.var.deps, desk.actor, {
        ...said,
        boardId: board,
        groupSize: size === '' ? null : Number(size),
        reference: said.reference || null,
        givenAt,
        secret: secret === 'yes',
      }),
    )
  })
  return app
}

async function demandPage(c: Context<PageEnv>, desk: SupplierDesk, again: Again = { wrong: new Set(), typed: {} }) {
  const { t, deps } = c.var
  const { wrong, typed } = again
  const words = t.demands.supplier
  const signed = await boardsWithAgreement(deps.db, desk.member.supplierId)
  const boards = (await knownBoards(deps.db, desk.member.supplierId)).filter(({ boardId }) => signed.includes(boardId))
  const sentences = {
    ...words.textWrong,
    size: words.sizeWrong,
    reference: t.asking.wrong.reference,
    outcome: words.outcomeWrong,
    on: words.onWrong,
  }
  type Name = keyof typeof sentences
  const field = (name: Name) => ({ name, label: words[name], error: wrong.has(name) && sentences[name] })
  const line = (name: Name) => ({ value: typed[name], maxlength: 200, autocomplete: 'off' })
  return (
    <TellPage c={c} desk={desk} path="demand" words={words} boards={boards} sentences={sentences} again={again}>
      <Field {...field('authority')} hint={words.authorityHint} input={line('authority')} />
      <Field {...field('ground')} input={line('ground')} />
      <TextArea {...field('checkedHow')} hint={words.checkedHowHint} value={typed.checkedHow} />
      <Field {...field('checkedBy')} input={line('checkedBy')} />
      <TextArea {...field('data')} hint={words.dataHint} value={typed.data} />
      <Field {...field('size')} hint={words.sizeHint} input={{ type: 'number', min: 1, max: 9_999_999, value: typed.size }} />
      <Field {...field('reference')} hint={t.asking.referenceHint} input={{ ...line('reference'), maxlength: 64 }} />
      <Choices
        {...field('outcome')}
        chosen={typed.outcome ?? ''}
        options={[{ value: '', text: words.choose }, ...DEMAND_OUTCOMES.map((value) => ({ value, text: t.demands.outcomes[value] }))]}
      />
      <Field {...field('on')} input={{ type: 'date', value: typed.on, max: amsterdamDay(deps.now()) }} />
      <Tick name="secret" value="yes" id="secret" text={words.secret} ticked={typed.secret === 'yes'} />
    </TellPage>
  )
}
