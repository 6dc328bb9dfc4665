import { answer, linkCode, questionFrom, stop } from '../family.ts'
import { inbox } from '../office.ts'
import { nameOf, type Stage, untilRefused } from '../stage.ts'
import { mustBe, shown, step } from '../teller.ts'
import { decoded } from '../token.ts'
import type { Telling } from './by-school.ts'

/** The user-oriented approach, from the link code to the stop. The school has no part in it and sees nothing of it. */
export async function tellDirectly(stage: Stage, telling: Telling, decider: string, use: (data: unknown) => unknown): Promise<void> {
  const { supplier, supplierKey, supplierName, holderName, ask, subject, window, reference } = telling
  const { people, suppliers } = stage.world
  const person = await stage.person(decider)
  const mirjam = await stage.person('mirjam')
  const inTheInbox = (await inbox(mirjam)).size

  const about = subject === decider ? 'herself' : nameOf(subject)
  const code = await step(nameOf(decider), `makes a link code for ${about} and ${supplierName}, and hands it over`, () =>
    linkCode(person, people[subject]!.personId, suppliers[supplierKey]!.supplierId),
  )
  const asked = await step(supplierName, `asks ${nameOf(decider)} directly (step 1 of 2)`, async () => {
    const question = await supplier.askDirectly(ask, code, window, reference)
    shown('the request', `waits for an answer, for ${Math.round(question.expiresIn / 86_400)} days at most`)
    mustBe((await question.answerSoFar()) === undefined, 'no token before the answer')
    return question
  })
  const question = await step(nameOf(decider), 'reads the question and says yes (step 2)', async () => {
    const open = await questionFrom(person, supplierName)
    await answer(person, open, 'yes')
    return open
  })
  const tokens = await step(supplierName, 'has gone on asking whether there is an answer, and gets its token', async () => {
    const answered = await asked.answer()
    shown('the token', decoded(answered.accessToken))
    return answered
  })
  await step(holderName, 'verifies the token and hands over the data', async () => {
    const data = await supplier.collectDirectly(tokens, ask)
    shown('the data', data)
    shown(`what ${supplierName} does with it`, use(data))
  })
  await step(nameOf('mirjam'), 'sees in the school’s inbox nothing that was not there before', async () => {
    mustBe((await inbox(mirjam)).size === inTheInbox, 'nothing of it in the inbox')
  })
  const stoppedAt = await step(nameOf(decider), 'presses stop', async () => {
    await stop(person, question)
    return performance.now()
  })
  await step(holderName, 'refuses the token that was good a moment ago', async () => {
    const { refusal, ms } = await untilRefused(stoppedAt, () => supplier.collectDirectly(tokens, ask))
    shown('the refusal', `${refusal.message}; ${ms} ms after the stop`)
  })
}
