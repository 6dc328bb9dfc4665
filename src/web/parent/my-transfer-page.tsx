import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { type Transfer, transferById, transfersOf } from '../../cases/transfer.ts'
import { decidersOf, inspectTransfer } from '../../cases/transfer-acts.ts'
import { optionalPlainText } from '../../catalog/plain-text.ts'
import { idOf } from '../../http.ts'
import type { TransferId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import type { Around } from '../around.ts'
import { attempt, once } from '../attempt.ts'
import { Fact, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { inMyBoards } from './my-consents.ts'

const inspectForm = z.strictObject({
  form: formToken,
  remarks: optionalPlainText(2000),
  agrees: z.enum(['', 'yes', 'no']).optional(),
})

interface MyTransfer {
  around: Around
  name: string
  one: Transfer
}

/** Parents look at what goes along to another school, and say what they think of it (P32, P33). */
export function myTransferRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/rights/transfers/:transferId', signedInPage, async (c) => show(c, await transferPage(c)))

  app.post('/rights/transfers/:transferId', signedInForm, async (c) => {
    const mine = await myTransfer(c)
    const read = await safeReadForm(c, inspectForm)
    if (!read.ok && read.wrong.has('form')) throw new Refusal('input_invalid')
    if (!read.ok) return show(c, await transferPage(c, { typed: read.typed, noAnswer: false }), 400)
    const { form, remarks, agrees } = read.data
    const { transferId, asksConsent } = mine.one
    if (asksConsent && !agrees) return show(c, await transferPage(c, { typed: { remarks }, noAnswer: true }), 400)
    const answer = agrees ? agrees === 'yes' : null
    return await once(c, { form, back: `/rights/transfers/${transferId}`, done: '1' }, () =>
      attempt(c, mine.around.actor, 'organisation', () =>
        inspectTransfer(c.var.deps, mine.around.actor, { transferId, remarks: remarks || null, agrees: answer }),
      ),
    )
  })
  return app
}

/** What there is to look at now, for the children somebody decides for and for oneself: for links on their pages. */
export async function myTransfers(c: Context<PageEnv>): Promise<MyTransfer[]> {
  return await inMyBoards(c, async (tx) => {
    const found: MyTransfer[] = []
    for (const around of c.var.around) {
      const subjects = around.subjects.filter(({ mayGive }) => mayGive)
      const ids = subjects.map(({ personId }) => personId)
      for (const one of ids.length === 0 ? [] : await transfersOf(tx, around.actor.boardId, ids)) {
        const subject = subjects.find(({ personId }) => personId === one.subjectId)
        if (subject && !one.cancelledAt) found.push({ around, name: subject.name, one })
      }
    }
    return found
  })
}

/** @throws Refusal `transfer_not_found` also for who does not decide for that pupil now */
async function myTransfer(c: Context<PageEnv>): Promise<MyTransfer> {
  const id = idOf<TransferId>().safeParse(c.req.param('transferId'))
  if (!id.success) throw new Refusal('transfer_not_found')
  return await inMyBoards(c, async (tx) => {
    for (const around of c.var.around) {
      const { boardId, personId } = around.actor
      const one = await transferById(tx, boardId, id.data)
      if (!one || !(await decidersOf(tx, boardId, one.subjectId, c.var.deps.now())).includes(personId)) continue
      return { around, name: around.subjects.find((subject) => subject.personId === one.subjectId)?.name ?? '', one }
    }
    throw new Refusal('transfer_not_found')
  })
}

interface Again {
  typed: Record<string, string>
  noAnswer: boolean
}

async function transferPage(c: Context<PageEnv>, again?: Again) {
  const { t, language } = c.var
  const words = t.transfers.mine
  const { around, name, one } = await myTransfer(c)
  const said = one.inspections.find(({ personId }) => personId === around.actor.personId)
  const over = one.sent ? words.gone : one.cancelledAt ? words.stopped : undefined
  return (
    <Page c={c} title={words.title} errors={again?.noAnswer ? [{ field: 'agrees', sentence: words.agreeWrong }] : []}>
      {c.req.query('done') && !again && <Notice kind="ok">{words.done}</Notice>}
      <Heading over={around.boardName}>{words.title}</Heading>
      <P lead>{words.intro(name, one.receiver.name)}</P>
      <dl class="facts card">
        <Fact name={t.transfers.to}>{t.transfers.receiver(one.receiver.name, one.receiver.scheme, one.receiver.value)}</Fact>
        <Fact name={t.transfers.contents}>
          <span class="said">{one.contents}</span>
        </Fact>
      </dl>
      {said && (
        <P>
          {words.said(dayIn(language, said.at))} {said.remarks}
        </P>
      )}
      {over ? (
        <P>{over}</P>
      ) : (
        <>
          <P>{words.wrong}</P>
          <OnceForm action={`/rights/transfers/${one.transferId}`}>
            <TextArea name="remarks" label={words.remarks} value={again?.typed.remarks ?? said?.remarks ?? ''} />
            {one.asksConsent && (
              <Choices
                name="agrees"
                label={words.agree}
                error={again?.noAnswer && words.agreeWrong}
                options={[
                  { value: '', text: '–' },
                  { value: 'yes', text: words.agreeYes },
                  { value: 'no', text: words.agreeNo },
                ]}
              />
            )}
            <Button>{words.send}</Button>
          </OnceForm>
        </>
      )}
      <p class="links">
        <Link href="/rights/ask/rectification">{words.correct}</Link>
      </p>
    </Page>
  )
}
