import type { Context } from 'hono'
import type { Child, PropsWithChildren } from 'hono/jsx'
import { directionOf } from '../languages.ts'
import { LanguageChooser, TranslationNote } from './languages.tsx'
import type { PageEnv } from './page.tsx'
import { stylesheetPath } from './style/route.ts'

interface PageProps {
  c: Context<PageEnv>
  title: string
  /** Errors of a form, each pointing at its field: on top as well as at the field. */
  errors?: { field: string; sentence: string }[]
  /** Without menu or account: a page for whoever is handed the device. */
  bare?: boolean
  /** What this page has in its head besides. */
  head?: Child
}

/** A whole page: what stands around the content on every one. */
export function Page({ c, title, errors = [], head, bare = false, children }: PropsWithChildren<PageProps>) {
  const { t, language, around, isMember } = c.var
  const session = bare ? undefined : c.var.session
  const isStaff = around.some(({ mandates }) => mandates.length > 0)
  const here = c.req.path
  return (
    <html lang={language} dir={directionOf(language)} class="utrecht-root broker-theme">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${errors.length > 0 ? `${t.frame.errorTitle}: ` : ''}${title} · ${t.frame.product}`}</title>
        <link rel="stylesheet" href={stylesheetPath} />
        <link rel="icon" href="data:," />
        {head}
      </head>
      <body class="utrecht-body utrecht-document">
        <a class="utrecht-skip-link utrecht-skip-link--visible-on-focus" href="#content">
          {t.frame.skip}
        </a>
        <div class="page">
          <header class="utrecht-page-header">
            <div class="utrecht-page-header__content header">
              <a class="header__brand" href="/">
                {t.frame.product}
              </a>
              <LanguageChooser c={c} />
              {session && (
                <nav class="header__nav" aria-label={t.frame.nav}>
                  <ul>
                    <NavLink href="/" here={here} text={t.frame.home} />
                    <NavLink href="/consents" here={here} text={t.frame.consents} />
                    <NavLink href="/link-codes" here={here} text={t.frame.linkCodes} />
                    <NavLink href="/rights" here={here} text={t.frame.rights} />
                    {isStaff && <NavLink href="/school" here={here} text={t.frame.school} />}
                    {isMember && <NavLink href="/supplier" here={here} text={t.frame.supplier} />}
                  </ul>
                </nav>
              )}
            </div>
          </header>
          <main class="page__middle" id="content" tabindex={-1}>
            <TranslationNote c={c} />
            {errors.length > 0 && <ErrorSummary title={t.errors.title} errors={errors} />}
            {children}
          </main>
          <footer class="utrecht-page-footer">
            <div class="footer">
              <p class="utrecht-paragraph">{t.frame.foot}</p>
              {session && (
                <div class="footer__who">
                  <span>{t.frame.signedInAs(session.email ?? around[0]?.name ?? '?')}</span>
                  <a class="utrecht-link utrecht-link--html-a" href="/account">
                    {t.frame.account}
                  </a>
                  <form method="post" action="/sign-out">
                    <button class="quiet-button" type="submit">
                      {t.frame.signOut}
                    </button>
                  </form>
                </div>
              )}
            </div>
          </footer>
        </div>
      </body>
    </html>
  )
}

function NavLink({ href, here, text }: { href: string; here: string; text: string }) {
  const current = href === '/' ? here === '/' : here.startsWith(href)
  return (
    <li>
      <a class="utrecht-link utrecht-link--html-a" href={href} aria-current={current ? 'page' : undefined}>
        {text}
      </a>
    </li>
  )
}

function ErrorSummary({ title, errors }: { title: string; errors: { field: string; sentence: string }[] }) {
  return (
    <div class="utrecht-alert utrecht-alert--error utrecht-alert--distanced" role="alert">
      <div class="utrecht-alert__content">
        <p class="utrecht-paragraph">
          <strong>{title}</strong>
        </p>
        <ul class="utrecht-unordered-list">
          {errors.map(({ field, sentence }) => (
            <li class="utrecht-unordered-list__item">
              <a class="utrecht-link utrecht-link--html-a" href={`#${field}`}>
                {sentence}
              </a>
            </li>
          ))}
        </ul>
      </div>
    </div>
  )
}
