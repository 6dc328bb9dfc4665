import { type Context, Hono } from 'hono'
import { ButtonLink, Heading, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, translatedPage } from '../page.tsx'
import { InvitationForm } from '../sign-in/invitation-pages.tsx'
import { type Listed, myQuestions } from './my-consents.ts'
import { Asked, askerOf, lastDayOf } from './question.tsx'

/** Home: the questions that wait for whoever is signed in, and nothing else. */
export function homeRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/', translatedPage, async (c) => show(c, await homePage(c)))
  return app
}

async function homePage(c: Context<PageEnv>) {
  const { t, around } = c.var
  const questions = await myQuestions(c)
  const subjects = [...new Map(questions.map(({ subject }) => [subject.personId, subject])).values()]
  return (
    <Page c={c} title={t.home.title}>
      {c.req.query('connected') && <Notice kind="ok">{t.invitation.done}</Notice>}
      <Heading>{t.home.title}</Heading>
      {questions.length === 0 && around.length > 0 && (
        <>
          <P lead>{t.home.nothing}</P>
          <P>{t.home.nothingMore}</P>
        </>
      )}
      {subjects.map(({ personId, name, isMe }) => (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{isMe ? t.home.aboutYou : t.home.about(name)}</h2>
          {questions
            .filter(({ subject }) => subject.personId === personId)
            .map((one) => (
              <QuestionCard c={c} mine={one} />
            ))}
        </section>
      ))}
      {around.length === 0 && (
        <>
          <P lead>{t.home.notConnected}</P>
          <P>{t.invitation.intro}</P>
          <InvitationForm c={c} />
        </>
      )}
    </Page>
  )
}

function QuestionCard({ c, mine }: { c: Context<PageEnv>; mine: Listed }) {
  const { t, language } = c.var
  const { consent, subject, brief: question } = mine
  const way = !question.supplier ? '' : ` · ${consent.approach === 'subject' ? t.home.direct : t.home.viaSchool(question.board)}`
  return (
    <article class="card">
      <p class="over-title">
        {askerOf(question)}
        {way}
      </p>
      <h3 class="utrecht-heading-3 card__title">
        <Asked t={t} question={question} subject={subject} />
      </h3>
      <P>{t.consents.until(lastDayOf(language, question))}</P>
      <ButtonLink href={`/questions/${consent.consentId}`}>{t.home.open}</ButtonLink>
    </article>
  )
}
