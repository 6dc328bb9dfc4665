import { type Context, Hono } from 'hono'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, translatedPage } from '../page.tsx'
import { lastDayIn } from '../texts/dates.ts'
import { canStop, myShared } from './my-consents.ts'
import { Written } from './question.tsx'

/** Where the yearly reminder leads: every picture that may be shown now, each to be stopped with one press (P28). */
export function imagesRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/consents/images', translatedPage, async (c) => show(c, await imagesPage(c)))
  return app
}

async function imagesPage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const words = t.consents.images
  const rows = (await myShared(c)).filter(({ brief, consent }) => brief.image && consent.state.state === 'given' && canStop(consent))
  return (
    <Page c={c} title={words.title}>
      <Heading>{words.title}</Heading>
      <P lead>{rows.length === 0 ? words.none : words.intro}</P>
      {rows.length === 0 && (
        <P>
          <Link href="/consents">{t.question.done.toList}</Link>
        </P>
      )}
      {rows.map(({ consent, subject, brief: { image } }) => (
        <article class="card">
          <p class="over-title">{subject.isMe ? t.consents.aboutYou : t.consents.about(subject.name)}</p>
          <h2 class="utrecht-heading-3 card__title">
            {t.question.media[image!.medium]}: <Written language={language}>{image!.channel}</Written>
          </h2>
          <P>{t.consents.until(lastDayIn(language, consent.state.state === 'given' ? consent.state.until : consent.item.endsAt))}</P>
          <form method="post" action={`/consents/${consent.consentId}/stop`}>
            <button class="utrecht-button utrecht-button--secondary-action" type="submit">
              {t.consents.stop}
              <span class="visually-hidden">
                : {subject.name}, {t.question.media[image!.medium]}, {image!.channel}
              </span>
            </button>
          </form>
        </article>
      ))}
    </Page>
  )
}
