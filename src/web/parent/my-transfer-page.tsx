import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { inspectTransfer } from '../../cases/transfer-acts.ts'
import { optionalPlainText } from '../../catalog/plain-text.ts'
import { Refusal } from '../../refusal.ts'
import { attempt, once } from '../attempt.ts'
import { Fact, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { myTransfer } from './my-transfers.ts'

const inspectForm = z.strictObject({
  form: formToken,
  remarks: optionalPlainText(2000),
  agrees: z.enum(['', 'yes', 'no']).optional(),
})

/** Parents look at what goes along to another school, and say what they think of it (P32, P33). */
export function myTransferRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/rights/transfers/:transferId', signedInPage, async (c) => show(c, await transferPage(c)))

  app.post('/rights/transfers/:transferId', signedInForm, async (c) => {
    const mine = await myTransfer(c)
    const read = await safeReadForm(c, inspectForm)
    if (!read.ok && read.wrong.has('form')) throw new Refusal('input_invalid')
    if (!read.ok) return show(c, await transferPage(c, read), 400)
    const { form, remarks, agrees } = read.data
    const { transferId, asksConsent } = mine.one
    if (asksConsent && !agrees) return show(c, await transferPage(c, { typed: { remarks }, wrong: new Set(['agrees']) }), 400)
    const answer = agrees ? agrees === 'yes' : null
    return await once(c, { form, back: `/rights/transfers/${transferId}`, done: '1' }, () =>
      attempt(c, mine.around.actor, 'organisation', () =>
        inspectTransfer(c.var.deps, mine.around.actor, { transferId, remarks: remarks || null, agrees: answer, language: c.var.language }),
      ),
    )
  })
  return app
}

interface Again {
  typed: Record<string, string>
  wrong: ReadonlySet<string>
}

async function transferPage(c: Context<PageEnv>, again?: Again) {
  const { t, language } = c.var
  const words = t.transfers.mine
  const { around, name, one } = await myTransfer(c)
  const said = one.inspections.find(({ personId }) => personId === around.actor.personId)
  const wrongs = { remarks: words.remarksWrong, agrees: words.agreeWrong }
  const errors = (['remarks', 'agrees'] as const).flatMap((field) => (again?.wrong.has(field) ? [{ field, sentence: wrongs[field] }] : []))
  const errorAt = (name: keyof typeof wrongs) => again?.wrong.has(name) && wrongs[name]
  const over = one.sent ? words.gone : one.cancelledAt ? words.stopped : undefined
  return (
    <Page c={c} title={words.title} errors={errors}>
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
        <>
          <P>
            {words.said(dayIn(language, said.at))} {said.agrees !== null && (said.agrees ? words.saidYes : words.saidNo)}
          </P>
          {said.remarks && <p class="said">{said.remarks}</p>}
          <P>
            <Link href={`/receipts/transfers/${said.inspectionId}`}>{t.consents.receipt}</Link>
          </P>
        </>
      )}
      {over ? (
        <P>{over}</P>
      ) : (
        <>
          <P>{words.wrong}</P>
          {said && <P>{words.change}</P>}
          <OnceForm action={`/rights/transfers/${one.transferId}`}>
            <TextArea name="remarks" label={words.remarks} error={errorAt('remarks')} value={again?.typed.remarks ?? said?.remarks ?? ''} />
            {one.asksConsent && (
              <Choices
                name="agrees"
                label={words.agree}
                error={errorAt('agrees')}
                chosen={again?.typed.agrees}
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
