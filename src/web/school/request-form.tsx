import type { Context } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import { P } from '../blocks.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import type { RequestView } from './request-view.ts'

/** A form that could not be taken as it was: what is wrong, where, and what was typed. */
export interface Wrong {
  field: string
  sentence: string
  typed?: Record<string, string>
}

export interface RequestProps {
  c: Context<PageEnv>
  view: RequestView
  decides: boolean
  find: string
  wrong: Wrong | undefined
  today: string
}

export function Section({ title, intro, children }: PropsWithChildren<{ title: string; intro?: string }>) {
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{title}</h2>
      {intro && <P>{intro}</P>}
      {children}
    </section>
  )
}

export function Group({ legend, children }: PropsWithChildren<{ legend: string }>) {
  return (
    <fieldset class="utrecht-form-fieldset utrecht-form-fieldset--html-fieldset">
      <legend class="utrecht-form-fieldset__legend utrecht-form-fieldset__legend--html-legend">{legend}</legend>
      {children}
    </fieldset>
  )
}

/** Something done to the request, once per rendered form. */
export function Form({ view, verb, children }: PropsWithChildren<{ view: RequestView; verb: string }>) {
  return <OnceForm action={`/school/requests/${view.request.requestId}/${verb}`}>{children}</OnceForm>
}

/** What is wrong with one field. */
export const at = (wrong: Wrong | undefined, field: string) => (wrong?.field === field ? wrong.sentence : undefined)
