import type { Context } from 'hono'
import { HTTPException } from 'hono/http-exception'
import type { JSX } from 'hono/jsx/jsx-runtime'
import { readCookie } from '../accounts/cookies.ts'
import { type Env } from '../http.ts'
import { languageNamed, writtenIn } from '../languages.ts'
import { Refusal, refusals } from '../refusal.ts'
import { ButtonLink, Heading, Link, P } from './blocks.tsx'
import { Page } from './layout.tsx'
import { keepTyped, ownPath, type PageEnv, preferred, setLanguage, show } from './page.tsx'
import { publicCodeOf } from './texts/public-code.ts'
import { isWritten } from './typed.ts'

/** Pages have their own way of saying no: a parent never reads JSON. */
export async function showError(error: Error, c: Context<PageEnv>) {
  withTexts(c)
  const { t, requestId } = c.var
  if (error instanceof Refusal && error.code === 'sign_in_again') {
    const back = cameFrom(c)
    const kept = c.var.session && (await keepTyped(c, c.var.session.accountId, back))
    return c.redirect(`/sign-in/again?${new URLSearchParams({ next: kept ?? back })}`, 303)
  }
  if (error instanceof Refusal) {
    const sentence = t.errors.refusals[publicCodeOf(error.code)]
    return showSentence(c, refusals[error.code].status, sentence, <FilledIn c={c} />)
  }
  if (error instanceof HTTPException && error.status < 500) {
    return showSentence(c, error.status === 403 ? 403 : 400, error.status === 403 ? t.errors.formFromElsewhere : t.errors.pageStale)
  }
  c.var.deps.log.error('unexpected', { error, route: c.req.routePath, requestId })
  return showSentence(
    c,
    500,
    t.errors.unexpected,
    <>
      <P>{t.errors.unexpectedRef(requestId)}</P>
      <FilledIn c={c} />
    </>,
  )
}

/** The page of ours whose form this was. */
function cameFrom(c: Context<PageEnv>): string {
  const referer = c.req.header('referer')
  if (!referer || !URL.canParse(referer)) return '/'
  const { origin, pathname, search } = new URL(referer)
  return origin === c.var.deps.issuer ? ownPath(c, pathname + search) : '/'
}

/** For a path that is nobody's. */
export function showNotFound(c: Context<Env>) {
  const page = c as unknown as Context<PageEnv>
  withTexts(page)
  return showSentence(page, 404, page.var.t.errors.notFound)
}

/** What somebody wrote in a form that was refused is not lost, and where they were they see how it is now. */
export function FilledIn({ c }: { c: Context<PageEnv> }) {
  const { t, session, sent = [] } = c.var
  const written = sent.filter((field) => isWritten(sent, field))
  const from = cameFrom(c)
  if (!session || c.req.method !== 'POST') return null
  return (
    <>
      {written.length > 0 && (
        <P>
          {t.errors.filledIn}{' '}
          {written.map(([, value]) => (
            <span class="said">{value.trim()} </span>
          ))}
        </P>
      )}
      {from !== '/' && (
        <p class="links">
          <Link href={from}>{t.errors.asItIsNow}</Link>
        </p>
      )}
    </>
  )
}

function showSentence(c: Context<PageEnv>, status: Parameters<typeof show>[2], sentence: string, more?: JSX.Element) {
  const { t } = c.var
  return show(
    c,
    <Page c={c} title={t.errors.title}>
      <Heading>{t.errors.title}</Heading>
      <P lead>{sentence}</P>
      {more}
      <ButtonLink href="/">{t.frame.goHome}</ButtonLink>
    </Page>,
    status,
  )
}

/** An error can come before the language is known; and what can go wrong is not translated. */
function withTexts(c: Context<PageEnv>): void {
  if (!c.var.t) {
    c.set('around', [])
    c.set('chosen', languageNamed(readCookie(c, 'language')) ?? preferred(c.req.header('accept-language')))
  }
  setLanguage(c, writtenIn(c.var.chosen))
}
