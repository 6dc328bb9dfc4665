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
                <Mark />
                {t.frame.product}
              </a>
              <LanguageChooser c={c} />
              {session && (
                <nav class="header__nav" aria-label={t.frame.nav}>
                  <ul>
                    <NavLink href="/" here={here} text={t.frame.home} />
                    <NavLink href="/consents" also={['/receipts', '/link-codes']} here={here} text={t.frame.consents} />
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

/** A hand-drawn yes in a shield: ours, and of no municipality or state. */
function Mark() {
  return (
    <svg class="header__mark" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path class="header__shield" d="M12 1.5 3 5v6.2c0 5.3 3.7 9.6 9 11.3 5.3-1.7 9-6 9-11.3V5Z" />
      <path class="header__tick" d="m7.6 12 3.1 3.2 5.8-6.4" />
    </svg>
  )
}

/** @param also what else stands under this heading of the menu */
function NavLink({ href, also = [], here, text }: { href: string; also?: string[]; here: string; text: string }) {
  const current = href === '/' ? here === '/' : [href, ...also].some((path) => here.startsWith(path))
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
