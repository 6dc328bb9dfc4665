import { type Context, Hono } from 'hono'
import { itemText, type ShownText } from '../../consents/shown-text.ts'
import { inTransaction } from '../../database.ts'
import type { ItemId } from '../../ids.ts'
import { showError } from '../errors.tsx'
import { ButtonLink, Heading, Notice, P, Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { InvitationForm } from '../sign-in/invitation-pages.tsx'
import { type Mine, myConsents, waitsForMe } from './my-consents.ts'
import { askedIn, askerOf, lastDayOf } from './question.tsx'

/** Home: the questions that wait for whoever is signed in, and nothing else. */
export function homeRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/', signedInPage, async (c) => show(c, await homePage(c)))
  return app
}

async function homePage(c: Context<PageEnv>) {
  const { t, around, deps } = c.var
  const at = deps.now()
  const waiting = (await myConsents(c)).filter(({ consent, around: { actor } }) => waitsForMe(consent, actor.personId, at))
  const questions = await withTexts(c, waiting)
  const subjects = [...new Map(questions.map(({ mine }) => [mine.subject.personId, mine.subject])).values()]
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
            .filter(({ mine }) => mine.subject.personId === personId)
            .map((one) => (
              <QuestionCard c={c} {...one} />
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

interface Waiting {
  mine: Mine
  shown: ShownText
}

function QuestionCard({ c, mine, shown: { question } }: Waiting & { c: Context<PageEnv> }) {
  const { t, language } = c.var
  const { consent, subject } = mine
  const way = !question.supplier ? '' : ` · ${consent.approach === 'subject' ? t.home.direct : t.home.viaSchool(question.board)}`
  return (
    <article class="card">
      <p class="over-title">
        {askerOf(question)}
        {way}
      </p>
      <h3 class="utrecht-heading-3 card__title">{askedIn({ t, question, subject })}</h3>
      <P>{t.consents.until(lastDayOf(language, question))}</P>
      <ButtonLink href={`/questions/${consent.consentId}`}>{t.home.open}</ButtonLink>
    </article>
  )
}

async function withTexts(c: Context<PageEnv>, waiting: Mine[]): Promise<Waiting[]> {
  const { deps, language } = c.var
  if (waiting.length === 0) return []
  const boards = [...new Set(waiting.map(({ around }) => around.actor.boardId))]
  return await inTransaction(deps.db, { actor: 'account', boards }, async (tx) => {
    const questions: Waiting[] = []
    // The same item about two children has one text.
    const texts = new Map<ItemId, ShownText>()
    for (const mine of waiting) {
      const { item } = mine.consent
      const shown = texts.get(item.itemId) ?? (await itemText(tx, item, language))
      texts.set(item.itemId, shown)
      questions.push({ mine, shown })
    }
    return questions
  })
}
