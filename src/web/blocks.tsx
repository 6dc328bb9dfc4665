import type { Child, PropsWithChildren } from 'hono/jsx'

export function Heading({ children, over }: PropsWithChildren<{ over?: Child }>) {
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

/** One line of a list of facts. */
export function Fact({ name, children }: PropsWithChildren<{ name: string }>): Child {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

/** A part of a page under a heading of its own. */
export function Section({ title, intro, children }: PropsWithChildren<{ title: string; intro?: string }>) {
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{title}</h2>
      {intro && <P>{intro}</P>}
      {children}
    </section>
  )
}
