import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { decideObjection } from '../../consents/object.ts'
import { type PendingObjection, pendingObjections } from '../../consents/objections.ts'
import { itemText } from '../../consents/shown-text.ts'
import { itemById } from '../../consents/store.ts'
import { idOf } from '../../http.ts'
import type { ObjectionId } from '../../ids.ts'
import { currentTenures, personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { Fact, Heading, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { askedIn } from '../parent/question.tsx'
import { lastDayIn } from '../texts/dates.ts'
import { actOnce, atDesk, type Desk, desksOf } from './desk.ts'
import { SchoolNav } from './school-nav.tsx'

const decisionForm = z.strictObject({
  form: formToken,
  reasons: z.string().trim().min(1).max(4000),
  decision: z.enum(['grant', 'reject']),
})

/** Objections that wait for the school, each decided with reasons (P12, P21). */
export function objectionRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/objections', signedInPage, async (c) => show(c, await objectionsPage(c)))

  app.post('/school/objections/:objectionId', signedInForm, async (c) => {
    const id = idOf<ObjectionId>().safeParse(c.req.param('objectionId'))
    const seen = id.success && (await seenObjections(c)).find(({ objection }) => objection.objectionId === id.data)
    const read = await safeReadForm(c, decisionForm)
    if (!read.ok && read.wrong.has('reasons') && seen) return show(c, await objectionsPage(c, seen.objection.objectionId), 400)
    if (!read.ok) throw new Refusal('input_invalid')
    if (!seen) return await alreadyDecided(c, read.data.form)
    const { form, reasons, decision } = read.data
    return await actOnce(c, seen.desk, { form, back: '/school/objections', done: 'decided' }, () =>
      decideObjection(c.var.deps, seen.desk.around.actor, {
        objectionId: seen.objection.objectionId,
        granted: decision === 'grant',
        reasons,
      }),
    )
  })
  return app
}

/** The second press finds it decided; anybody else finds nothing. */
async function alreadyDecided(c: Context<PageEnv>, form: string): Promise<Response> {
  const [desk] = desksOf(c)
  if (!desk) throw new Refusal('objection_not_found')
  return await actOnce(c, desk, { form, back: '/school/objections', done: 'decided' }, async () => {
    throw new Refusal('objection_not_found')
  })
}

interface SeenObjection {
  desk: Desk
  objection: PendingObjection
  asked: string
  subject: string
  madeBy: string
  motivation: string | null
  decides: boolean
}

async function seenObjections(c: Context<PageEnv>): Promise<SeenObjection[]> {
  const { t, language, deps } = c.var
  const seen: SeenObjection[] = []
  for (const desk of desksOf(c)) {
    const { boardId } = desk.around.actor
    await atDesk(c, desk, async (tx) => {
      const pending = await pendingObjections(tx, boardId)
      const persons = await personsById(
        tx,
        boardId,
        pending.flatMap(({ subjectId, madeBy }) => [subjectId, madeBy]),
      )
      const nameOf = (id: PendingObjection['madeBy']) => {
        const person = persons.get(id)
        return person ? `${person.givenName} ${person.familyName}` : ''
      }
      const tenures = await currentTenures(
        tx,
        boardId,
        pending.map(({ subjectId }) => subjectId),
        deps.now(),
      )
      for (const objection of pending) {
        const schoolId = tenures.get(objection.subjectId)?.schoolId ?? null
        const item = await itemById(tx, boardId, objection.itemId)
        if (!item || !desk.looksAt(schoolId)) continue
        const { question } = await itemText(tx, item, language)
        const subject = nameOf(objection.subjectId)
        const asked = askedIn({
          t,
          question,
          subject: { name: subject, isMe: false },
        })
        seen.push({
          desk,
          objection,
          asked,
          subject,
          madeBy: nameOf(objection.madeBy),
          motivation: item.basisMotivation,
          decides: desk.decidesAt(schoolId),
        })
      }
    })
  }
  return seen
}

async function objectionsPage(c: Context<PageEnv>, wrong?: ObjectionId) {
  const { t, language } = c.var
  const seen = await seenObjections(c)
  const errors = wrong ? [{ field: `reasons-${wrong}`, sentence: t.school.objections.reasonsWrong }] : []
  return (
    <Page c={c} title={t.school.objections.title} errors={errors}>
      <SchoolNav c={c} />
      {c.req.query('done') && <Notice kind="ok">{t.school.objections.decided}</Notice>}
      <Heading>{t.school.objections.title}</Heading>
      <P lead>{seen.length === 0 ? t.school.objections.none : t.school.objections.intro}</P>
      {seen.map(({ objection, asked, subject, madeBy, motivation, decides }) => (
        <article class="card">
          <h2 class="utrecht-heading-3 card__title">{asked}</h2>
          <dl class="facts">
            <Fact name={t.school.objections.about}>{subject}</Fact>
            <Fact name={t.school.objections.by}>{madeBy}</Fact>
            {motivation && <Fact name={t.school.basis}>{motivation}</Fact>}
          </dl>
          <P>{t.school.objections.dueAt(lastDayIn(language, objection.decideBy))}</P>
          {decides ? (
            <OnceForm action={`/school/objections/${objection.objectionId}`}>
              <TextArea
                name="reasons"
                id={`reasons-${objection.objectionId}`}
                label={t.school.objections.reasons}
                hint={t.school.objections.reasonsHint}
                error={wrong === objection.objectionId && t.school.objections.reasonsWrong}
              />
              <div class="choice">
                <Button name="decision" value="grant">
                  {t.school.objections.grant}
                </Button>
                <Button name="decision" value="reject">
                  {t.school.objections.reject}
                </Button>
              </div>
            </OnceForm>
          ) : (
            <P>{t.school.lookOnly}</P>
          )}
        </article>
      ))}
    </Page>
  )
}
