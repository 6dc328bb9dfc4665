import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { answerInquiry, inquiryAnswer } from '../../consents/answer-inquiry.ts'
import { type WaitingInquiry, waitingInquiries } from '../../consents/inquiries.ts'
import { itemText } from '../../consents/shown-text.ts'
import { itemById } from '../../consents/store.ts'
import { idOf } from '../../http.ts'
import type { InquiryId } from '../../ids.ts'
import { currentTenures, personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { Fact, Heading, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { askedIn } from '../parent/question.tsx'
import { dayIn } from '../texts/dates.ts'
import { actOnce, atDesk, type Desk, desksOf } from './desk.ts'
import { SchoolNav } from './school-nav.tsx'

const answerForm = z.strictObject({ form: formToken, answer: inquiryAnswer })

interface SeenInquiry {
  desk: Desk
  inquiry: WaitingInquiry
  asked: string
  subject: string
  askedBy: string
  decides: boolean
}

/** What parents asked the school before they answer, each with room for the school's words. */
export function inquiriesRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/inquiries', signedInPage, async (c) => show(c, await inquiriesPage(c)))

  app.post('/school/inquiries/:inquiryId', signedInForm, async (c) => {
    const id = idOf<InquiryId>().safeParse(c.req.param('inquiryId'))
    const seen = id.success ? (await seenInquiries(c)).find(({ inquiry }) => inquiry.inquiryId === id.data) : undefined
    const read = await safeReadForm(c, answerForm)
    if (!read.ok && read.wrong.has('answer') && seen) {
      return show(c, await inquiriesPage(c, { inquiryId: seen.inquiry.inquiryId, typed: read.typed.answer ?? '' }), 400)
    }
    if (!read.ok) throw new Refusal('input_invalid')
    const { form, answer } = read.data
    const [anyDesk] = desksOf(c)
    // The second press finds it answered: taking the form first leads that one back to the list.
    const desk = seen?.desk ?? anyDesk
    if (!desk || !id.success) throw new Refusal('inquiry_not_found')
    return await actOnce(c, desk, { form, back: '/school/inquiries', done: 'answered' }, async () => {
      if (!seen) throw new Refusal('inquiry_not_found')
      await answerInquiry(c.var.deps, seen.desk.around.actor, { inquiryId: id.data, answer })
    })
  })
  return app
}

async function seenInquiries(c: Context<PageEnv>): Promise<SeenInquiry[]> {
  const { t, language, deps } = c.var
  const seen: SeenInquiry[] = []
  for (const desk of desksOf(c)) {
    const { boardId } = desk.around.actor
    await atDesk(c, desk, async (tx) => {
      const waiting = await waitingInquiries(tx, boardId)
      const subjectIds = waiting.map(({ subjectId }) => subjectId)
      const persons = await personsById(tx, boardId, [...subjectIds, ...waiting.map(({ askedBy }) => askedBy)])
      const tenures = await currentTenures(tx, boardId, subjectIds, deps.now())
      const nameOf = (id: WaitingInquiry['askedBy']) => {
        const person = persons.get(id)
        return person ? `${person.givenName} ${person.familyName}` : ''
      }
      for (const inquiry of waiting) {
        const schoolId = tenures.get(inquiry.subjectId)?.schoolId ?? null
        const item = await itemById(tx, boardId, inquiry.itemId)
        if (!item || !desk.looksAt(schoolId)) continue
        const { question } = await itemText(tx, item, language)
        const subject = nameOf(inquiry.subjectId)
        seen.push({
          desk,
          inquiry,
          asked: askedIn({ t, question, subject: { name: subject, isMe: false } }),
          subject,
          askedBy: nameOf(inquiry.askedBy),
          decides: desk.decidesAt(schoolId),
        })
      }
    })
  }
  return seen
}

async function inquiriesPage(c: Context<PageEnv>, wrong?: { inquiryId: InquiryId; typed: string }) {
  const { t, language } = c.var
  const words = t.inquiry.school
  const seen = await seenInquiries(c)
  const errors = wrong ? [{ field: `answer-${wrong.inquiryId}`, sentence: words.wrong }] : []
  return (
    <Page c={c} title={words.title} errors={errors}>
      <SchoolNav c={c} />
      {c.req.query('done') && <Notice kind="ok">{words.done}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{seen.length === 0 ? words.none : words.intro}</P>
      {seen.map(({ inquiry, asked, subject, askedBy, decides }) => {
        const isWrong = wrong?.inquiryId === inquiry.inquiryId
        return (
          <article class="card">
            <p class="over-title">{words.from(askedBy, dayIn(language, inquiry.askedAt))}</p>
            <h2 class="utrecht-heading-3 card__title said">{inquiry.question}</h2>
            <dl class="facts">
              <Fact name={words.about}>{subject}</Fact>
              <Fact name={words.question}>{asked}</Fact>
            </dl>
            {decides ? (
              <OnceForm action={`/school/inquiries/${inquiry.inquiryId}`}>
                <TextArea
                  name="answer"
                  id={`answer-${inquiry.inquiryId}`}
                  label={words.answer}
                  hint={words.answerHint}
                  error={isWrong && words.wrong}
                  value={isWrong ? wrong.typed : ''}
                />
                <Button>{words.send}</Button>
              </OnceForm>
            ) : (
              <P>{t.school.lookOnly}</P>
            )}
          </article>
        )
      })}
    </Page>
  )
}
