import type { Context } from 'hono'
import type { Child, PropsWithChildren } from 'hono/jsx'
import type { PageEnv } from './page.tsx'
import { stylesheetPath } from './style/route.ts'

interface PageProps {
  c: Context<PageEnv>
  title: string
  /** Errors of a form, each pointing at its field: on top as well as at the field. */
  errors?: { field: string; sentence: string }[]
}

/** A whole page: what stands around the content on every one. */
export function Page({ c, title, errors = [], children }: PropsWithChildren<PageProps>) {
  const { t, session, language, around } = c.var
  const isStaff = around.some(({ mandates }) => mandates.length > 0)
  const here = c.req.path
  return (
    <html lang={language} class="utrecht-root broker-theme">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <title>{`${errors.length > 0 ? `${t.frame.errorTitle}: ` : ''}${title} · ${t.frame.product}`}</title>
        <link rel="stylesheet" href={stylesheetPath} />
        <link rel="icon" href="data:," />
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
              <LanguageSwitch c={c} />
              {session && (
                <nav class="header__nav" aria-label={t.frame.nav}>
                  <ul>
                    <NavLink href="/" here={here} text={t.frame.home} />
                    <NavLink href="/consents" here={here} text={t.frame.consents} />
                    <NavLink href="/link-codes" here={here} text={t.frame.linkCodes} />
                    {isStaff && <NavLink href="/school" here={here} text={t.frame.school} />}
                  </ul>
                </nav>
              )}
            </div>
          </header>
          <main class="page__middle" id="content" tabindex={-1}>
            {errors.length > 0 && <ErrorSummary title={t.errors.title} errors={errors} />}
            {children}
          </main>
          <footer class="utrecht-page-footer">
            <div class="footer">
              <p class="utrecht-paragraph">{t.frame.foot}</p>
              {session && (
                <div class="footer__who">
                  <span>{t.frame.signedInAs(session.email)}</span>
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

function LanguageSwitch({ c }: { c: Context<PageEnv> }) {
  const { t } = c.var
  const { pathname, search } = new URL(c.req.url)
  return (
    <form method="post" action="/language" class="form-inline" aria-label={t.frame.languageSwitch}>
      <input type="hidden" name="back" value={c.req.method === 'GET' ? pathname + search : '/'} />
      <button class="quiet-button" type="submit" name="language" value={t.frame.otherLanguageCode} lang={t.frame.otherLanguageCode}>
        {t.frame.otherLanguage}
      </button>
    </form>
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

export function Heading({ children, over }: PropsWithChildren<{ over?: string }>) {
  return (
    <>
      {over && <p class="over-title">{over}</p>}
      <h1 class="utrecht-heading-1 utrecht-heading-1--distanced">{children}</h1>
    </>
  )
}

export function Notice({ kind, children }: PropsWithChildren<{ kind: 'info' | 'ok' | 'warning' | 'error' }>) {
  return (
    <div class={`utrecht-alert utrecht-alert--${kind} utrecht-alert--distanced`} role={kind === 'error' ? 'alert' : 'status'}>
      <div class="utrecht-alert__content">{children}</div>
    </div>
  )
}

export function P({ children, lead = false }: PropsWithChildren<{ lead?: boolean }>) {
  return <p class={`utrecht-paragraph utrecht-paragraph--distanced${lead ? ' lead' : ''}`}>{children}</p>
}

export function Link({ href, children }: PropsWithChildren<{ href: string }>) {
  return (
    <a class="utrecht-link utrecht-link--html-a" href={href}>
      {children}
    </a>
  )
}

/** A link that looks like a button: it only leads somewhere. */
export function ButtonLink({ href, primary = false, children }: PropsWithChildren<{ href: string; primary?: boolean }>) {
  return (
    <a class={`utrecht-button ${primary ? 'utrecht-button--primary-action' : 'utrecht-button--secondary-action'} button-link`} href={href}>
      {children}
    </a>
  )
}

export function Button({ children, primary = true, name, value }: PropsWithChildren<{ primary?: boolean; name?: string; value?: string }>) {
  return (
    <button
      class={`utrecht-button ${primary ? 'utrecht-button--primary-action' : 'utrecht-button--secondary-action'}`}
      type="submit"
      name={name}
      value={value}
    >
      {children}
    </button>
  )
}

/**
 * First in a form whose buttons decide between things: it is the button that Enter in a field presses, and it only asks to
 * choose. (A disabled button does not stop Enter: browsers then press the next one.)
 */
export function NothingOnEnter({ text }: { text: string }) {
  return (
    <button class="visually-hidden" type="submit" name="enter" value="1" tabindex={-1} aria-hidden="true">
      {text}
    </button>
  )
}

interface FieldProps {
  name: string
  label: string
  hint?: string
  error?: string | false
  /** When several fields on the page have the same name. */
  id?: string
  /** Attributes for the input itself. */
  input?: Record<string, string | number | boolean | undefined>
}

/** A field with its label, its hint and, when it is wrong, its error, tied together for whoever cannot see them. */
export function Field({ name, label, hint, error, id = name, input = {} }: FieldProps) {
  return (
    <FieldFrame {...{ name: id, label, hint, error }}>
      <input
        class={`utrecht-textbox utrecht-textbox--html-input${error ? ' utrecht-textbox--invalid' : ''} ${input.class ?? ''}`}
        type="text"
        id={id}
        name={name}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={describedBy(id, hint, error)}
        {...Object.fromEntries(Object.entries(input).filter(([key]) => key !== 'class'))}
      />
    </FieldFrame>
  )
}

interface TextAreaProps extends FieldProps {
  value?: string | undefined
}

export function TextArea({ name, label, hint, error, value = '', id = name }: TextAreaProps) {
  return (
    <FieldFrame {...{ name: id, label, hint, error }}>
      <textarea
        class={`utrecht-textarea utrecht-textarea--html-textarea${error ? ' utrecht-textarea--invalid' : ''}`}
        id={id}
        name={name}
        rows={4}
        maxlength={2000}
        aria-invalid={error ? 'true' : undefined}
        aria-describedby={describedBy(id, hint, error)}
      >
        {value}
      </textarea>
    </FieldFrame>
  )
}

interface ChoicesProps extends FieldProps {
  options: { value: string; text: string }[]
  chosen?: string
}

export function Choices({ name, label, hint, error, options, chosen, id = name }: ChoicesProps) {
  return (
    <FieldFrame {...{ name: id, label, hint, error }}>
      <select class="utrecht-textbox" id={id} name={name} aria-describedby={describedBy(id, hint, error)}>
        {options.map(({ value, text }) => (
          <option value={value} selected={value === chosen}>
            {text}
          </option>
        ))}
      </select>
    </FieldFrame>
  )
}

/** One box to tick; never ticked beforehand (P10), only again after an error. */
export function Tick(props: { name: string; value: string; text: string; id: string; ticked?: boolean }) {
  const { name, value, text, id, ticked = false } = props
  return (
    <div class="utrecht-form-field utrecht-form-field--checkbox utrecht-form-field--distanced tick">
      <input
        class="utrecht-checkbox utrecht-checkbox--html-input utrecht-form-field__input"
        type="checkbox"
        id={id}
        name={name}
        value={value}
        checked={ticked}
      />
      <label class="utrecht-form-label utrecht-form-label--checkbox utrecht-form-field__label" for={id}>
        {text}
      </label>
    </div>
  )
}

function FieldFrame({ name, label, hint, error, children }: FieldProps & { children: Child }) {
  return (
    <div class={`utrecht-form-field utrecht-form-field--distanced${error ? ' utrecht-form-field--invalid' : ''}`}>
      <label class="utrecht-form-label" for={name}>
        {label}
      </label>
      {hint && (
        <div class="utrecht-form-field-description" id={`${name}-hint`}>
          {hint}
        </div>
      )}
      {error && (
        <div class="utrecht-form-field-error-message" id={`${name}-error`}>
          {error}
        </div>
      )}
      {children}
    </div>
  )
}

function describedBy(name: string, hint: string | undefined, error: string | false | undefined): string | undefined {
  return [hint && `${name}-hint`, error && `${name}-error`].filter(Boolean).join(' ') || undefined
}
