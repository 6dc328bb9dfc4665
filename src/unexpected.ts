import type { Context } from 'hono'
import { routePath } from 'hono/route'
import type { Env } from './http.ts'
import { problemResponse } from './problem.ts'

/** What is not a `Refusal` is our fault: logged whole, told as a bare 500. Every edge ends its `onError` here. */
export function unexpected(error: Error, c: Context<Env>): Response {
  c.var.deps.log.error('unexpected', { error, route: routePath(c, -1), requestId: c.var.requestId })
  return problemResponse({
    type: 'urn:consent-broker:problem:unexpected',
    title: 'Something went wrong here',
    status: 500,
    detail: `Nothing was done, or it is not known whether it was. Name ${c.var.requestId} when you ask about it.`,
    code: 'unexpected',
  })
}
