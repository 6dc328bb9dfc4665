import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { closeCase, extendCase, giveTasks, takeCase } from '../../cases/handle-right.ts'
import { extendedDueAt } from '../../cases/right.ts'
import { plainText } from '../../catalog/plain-text.ts'
import { Refusal } from '../../refusal.ts'
import { Fact, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { stateOfCase } from '../parent/my-rights.ts'
import { RightsBadge } from '../parent/rights-case-page.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { caseAtDesk, type SeenCase } from './case-view.ts'
import { actOnce } from './desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

const seen = { form: formToken, revision: z.coerce.number().int().min(0) }
const text = z.string().trim().min(1).pipe(plainText(2000))
const takeForm = z.strictObject(seen)
const extendForm = z.strictObject({ ...seen, because: text })
const tasksForm = z.strictObject({ ...seen, instruction: z.union([z.string().trim().length(0), text]).optional() })
const closeForm = z.strictObject({ ...seen, outcome: z.enum(['granted', 'partly', 'refused']), closing: text })

/** One case: who asks what, by when, the companies that got data, and the answer. */
export function caseRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/cases/:caseId', signedInPage, async (c) => show(c, await casePage(c)))

  const step = <S extends z.ZodObject<typeof seen>>(
    verb: 'take' | 'extend' | 'tasks' | 'close',
    schema: S,
    done: string,
    act: (c: Context<PageEnv>, found: SeenCase, data: z.output<S>) => Promise<unknown>,
  ) =>
    app.post(`/school/cases/:caseId/${verb}`, signedInForm, async (c) => {
      const found = await caseAtDesk(c)
      const read = await safeReadForm(c, schema)
      if (!read.ok && [...read.wrong].some((field) => field === 'form' || field === 'revision')) throw new Refusal('input_invalid')
      if (!read.ok) return show(c, await casePage(c, { wrong: read.wrong, typed: read.typed }), 400)
      const path = `/school/cases/${found.one.caseId}`
      try {
        return await actOnce(c, found.desk, { form: String(read.data.form), back: path, done }, () => act(c, found, read.data))
      } catch (error) {
        // Somebody acted on it since this page: it comes back as it is now, with what was typed.
        if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
        return show(c, await casePage(c, { wrong: new Set(), typed: stringsOf(read.data), changed: true }), 409)
      }
    })

  step('take', takeForm, 'taken', (c, { desk, one }, { revision }) =>
    takeCase(c.var.deps, desk.around.actor, { caseId: one.caseId, revision }),
  )
  step('extend', extendForm, 'extended', (c, { desk, one }, { revision, because }) =>
    extendCase(c.var.deps, desk.around.actor, { caseId: one.caseId, revision, because }),
  )
  step('tasks', tasksForm, 'tasksGiven', (c, { desk, one }, { revision, instruction }) =>
    giveTasks(c.var.deps, desk.around.actor, { caseId: one.caseId, revision, instruction: instruction || null }),
  )
  step('close', closeForm, 'answered', (c, { desk, one }, { revision, outcome, closing }) =>
    closeCase(c.var.deps, desk.around.actor, { caseId: one.caseId, revision, outcome, closing }),
  )
  return app
}

const stringsOf = (data: Record<string, unknown>) =>
  Object.fromEntries(Object.entries(data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))

interface Again {
  wrong: Set<string>
  typed: Record<string, string>
  changed?: boolean
}

const DONE = ['taken', 'extended', 'tasksGiven', 'answered'] as const

async function casePage(c: Context<PageEnv>, again: Again = { wrong: new Set(), typed: {} }) {
  const { t, language, deps } = c.var
  const words = t.cases.school
  const found = await caseAtDesk(c)
  const { one, subject, madeBy, recordedBy, handler, decides } = found
  const done = DONE.find((code) => code === c.req.query('done'))
  const errors = [
    ...(again.wrong.has('because') ? [{ field: 'because', sentence: words.becauseWrong }] : []),
    ...(again.wrong.has('closing') ? [{ field: 'closing', sentence: words.closingWrong }] : []),
  ]
  const title = t.cases.rights.one(t.cases.rights.kinds[one.kind], subject)
  return (
    <Page c={c} title={title} errors={errors}>
      <PrivacyNav c={c} />
      {done && !again.changed && <Notice kind="ok">{words[done]}</Notice>}
      {again.changed && <Notice kind="warning">{words.changed}</Notice>}
      <Heading over={words.title}>{title}</Heading>
      <dl class="facts card">
        <Fact name={t.cases.rights.status}>
          <RightsBadge t={t} state={stateOfCase({ one, duties: [] }, deps.now())} />{' '}
          {!one.closed && words.dueOn(lastDayIn(language, one.dueAt))}
        </Fact>
        <Fact name={words.by}>{madeBy}</Fact>
        <Fact name={words.method}>
          {words.methods[one.method]}, {dayIn(language, one.receivedAt)}
          {recordedBy && <div class="soft">{words.recordedBy(recordedBy)}</div>}
        </Fact>
        <Fact name={words.words}>{one.words ?? words.noWords}</Fact>
        <Fact name={words.handler}>{handler ?? words.nobodyYet}</Fact>
        {one.extended && <Fact name={t.cases.rights.extendedBecause}>{one.extended.because}</Fact>}
        {one.closed?.closing && (
          <Fact name={t.cases.rights.answer}>
            <span class="soft">{t.cases.rights.answeredOn(dayIn(language, one.closed.at))}</span>
            <br />
            {one.closed.closing}
          </Fact>
        )}
      </dl>
      {!one.closed && !one.taken && decides && (
        <OnceForm action={`/school/cases/${one.caseId}/take`}>
          <input type="hidden" name="revision" value={String(one.revision)} />
          <Button primary={false}>{words.take}</Button>
        </OnceForm>
      )}
      <Companies c={c} found={found} again={again} />
      {!one.closed && !decides && <P>{t.school.lookOnly}</P>}
      {!one.closed && decides && <Steps c={c} found={found} again={again} />}
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.letters}</h2>
      <p class="links">
        <Link href={`/school/cases/${one.caseId}/letters/receipt`}>{words.letter.receipt}</Link>
        {one.extended && <Link href={`/school/cases/${one.caseId}/letters/extension`}>{words.letter.extension}</Link>}
        {one.closed && <Link href={`/school/cases/${one.caseId}/letters/answer`}>{words.letter.answer}</Link>}
      </p>
    </Page>
  )
}

interface PartProps {
  c: Context<PageEnv>
  found: SeenCase
  again: Again
}

/** Who got data, from the real grants and deliveries, and what each has to do about it now. */
function Companies({ c, found: { one, got, duties, decides }, again }: PartProps) {
  const { t, language } = c.var
  const words = t.cases.school
  const without = got.filter(({ supplierId }) => !duties.some((duty) => duty.supplierId === supplierId))
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.got}</h2>
      <P>{got.length === 0 ? words.gotNone : words.gotIntro}</P>
      <ul class="utrecht-unordered-list">
        {got.map(({ name, tokens, deliveries, supplierId }) => (
          <li class="utrecht-unordered-list__item">
            {words.gotOne(name, String(tokens), String(deliveries))}
            {duties
              .filter((duty) => duty.supplierId === supplierId)
              .map(({ company, kind, dueAt, confirmedAt, note }) => (
                <div class="soft">
                  {t.cases.rights.duties[kind]}.{' '}
                  {confirmedAt
                    ? t.cases.rights.taskDone(company, dayIn(language, confirmedAt))
                    : t.cases.rights.taskOpen(company, lastDayIn(language, dueAt))}
                  {note && <div>{note}</div>}
                </div>
              ))}
          </li>
        ))}
      </ul>
      {without.length > 0 && decides && !one.closed && (
        <OnceForm action={`/school/cases/${one.caseId}/tasks`}>
          <input type="hidden" name="revision" value={String(one.revision)} />
          <TextArea name="instruction" label={words.instruction} hint={words.instructionHint} value={again.typed.instruction} />
          <Button>{words.giveTasks}</Button>
        </OnceForm>
      )}
    </section>
  )
}

function Steps({ c, found: { one }, again }: PartProps) {
  const { t, language, deps } = c.var
  const words = t.cases.school
  const later = extendedDueAt(one.kind, one.receivedAt)
  const path = `/school/cases/${one.caseId}`
  const revision = <input type="hidden" name="revision" value={String(one.revision)} />
  return (
    <>
      <section class="card">
        <h2 class="utrecht-heading-3 card__title">{words.closeTitle}</h2>
        <P>{words.closeIntro}</P>
        <OnceForm action={`${path}/close`}>
          {revision}
          <Choices
            name="outcome"
            label={words.outcome}
            options={(['granted', 'partly', 'refused'] as const).map((value) => ({ value, text: words.outcomes[value] }))}
            {...(again.typed.outcome ? { chosen: again.typed.outcome } : {})}
          />
          <TextArea
            name="closing"
            label={words.closing}
            error={again.wrong.has('closing') && words.closingWrong}
            value={again.typed.closing}
          />
          <Button>{words.close}</Button>
        </OnceForm>
      </section>
      {later && !one.extended && deps.now() < one.dueAt && (
        <details class="more" open={again.wrong.has('because')}>
          <summary>{words.extendTitle}</summary>
          <div class="more__body">
            <P>{words.extendIntro(lastDayIn(language, later))}</P>
            <OnceForm action={`${path}/extend`}>
              {revision}
              <TextArea
                name="because"
                label={words.because}
                error={again.wrong.has('because') && words.becauseWrong}
                value={again.typed.because}
              />
              <Button>{words.extend}</Button>
            </OnceForm>
          </div>
        </details>
      )}
    </>
  )
}
