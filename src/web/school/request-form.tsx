import type { Context } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import type { Overtaken } from './overtaken.tsx'
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
  overtaken: Overtaken | undefined
  today: string
}

/** Something done to the request, once per rendered form. */
export function Form({ view, verb, children }: PropsWithChildren<{ view: RequestView; verb: string }>) {
  return <OnceForm action={`/school/requests/${view.request.requestId}/${verb}`}>{children}</OnceForm>
}

/** What is wrong with one field. */
export const at = (wrong: Wrong | undefined, field: string) => (wrong?.field === field ? wrong.sentence : undefined)
