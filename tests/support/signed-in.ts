import { expect } from 'vitest'
import type { TestBroker } from './broker.ts'
import type { Answering } from './driver.ts'
import { Visitor } from './visitor.ts'

/** The short code of a mail, or where so many were sent that day that it has none, the long one. */
const CODE = /\b\d{8}\b|\b\d{4}(?: \d{4}){5}\b/

/** The newest code that went out by mail, to anybody or to one address. */
export function codeIn(broker: TestBroker, email?: string): string {
  const mail = broker.mails.findLast(({ to, text }) => (!email || to === email) && CODE.test(text))
  return mail!.text.match(CODE)![0]
}

/** Signs in over HTTP, as a person does. */
export async function signIn(broker: TestBroker, app: Answering, email: string, language = 'nl'): Promise<Visitor> {
  const visitor = new Visitor(app, { origin: broker.deps.issuer, language })
  const page = await visitor.post('/sign-in', { email, next: '/' })
  await broker.settled()
  const answer = await visitor.postOnly('/sign-in/code', { ...page.fields('/sign-in/code'), code: codeIn(broker, email) })
  expect(answer.status).toBe(303)
  return visitor
}
