import { answer, questionFrom, stop } from '../family.ts'
import type { Tokens } from '../oauth-client.ts'
import { forward, match } from '../office.ts'
import { nameOf, refusalOf, type Stage, untilRefused } from '../stage.ts'
import type { Ask, SupplierApp, Window } from '../supplier.ts'
import { mustBe, shown, step } from '../teller.ts'
import { decoded } from '../token.ts'

/** Who is who in one telling of the organisation-oriented approach. */
export interface Telling {
  supplier: SupplierApp
  supplierKey: string
  supplierName: string
  holderName: string
  ask: Ask
  brin: string
  reference: string
  /** Key in the cast of whom it is about, and what the supplier tells the school of them. */
  subject: string
  hint: string
  window: Window
  alternative: { nl: string; en: string }
  /** K19: a guide at the supplier, who has to be assigned to the pupil before there is any access. */
  guide?: string
}

/** Step 1: the supplier asks the school. */
export async function askSchool(telling: Telling): Promise<string> {
  const { supplier, supplierName, ask, brin, reference, hint, subject, window } = telling
  return await step(
    supplierName,
    `asks the school for ${ask.datatype} of ${nameOf(subject)}, ${window.from} to ${window.until} (step 1 of 4)`,
    async () => {
      const request = await supplier.askSchool(brin, ask, [{ reference, hint }], window)
      shown('the request', { id: request.id, status: request.status, subjects: request.subjects })
      mustBe(request.status === 'received', 'the school has the request')
      return request.id as string
    },
  )
}

/** Step 2: staff find whom it is about and pass the question on. */
export async function passOn(stage: Stage, telling: Telling, requestId: string): Promise<void> {
  const { subject, reference, alternative, guide } = telling
  const joost = await stage.person('joost')
  await step(nameOf('joost'), `finds whom the supplier calls ${reference}: ${nameOf(subject)}`, () =>
    match(joost, requestId, { name: nameOf(subject), personId: stage.world.people[subject]!.personId }),
  )
  const only = guide ? ', and only for a guide who is assigned to the pupil' : ''
  await step(nameOf('joost'), `passes it on as a question${only}: this use was not foreseen when the year began (step 2)`, () =>
    forward(joost, requestId, { alternative, guide: guide !== undefined }),
  )
}

/** Step 3: somebody who may decide reads the question and answers. */
export async function say(stage: Stage, decider: string, { supplierName, subject }: Telling, says: 'yes' | 'no') {
  const person = await stage.person(decider)
  const about = subject === decider ? '' : ` about ${nameOf(subject)}`
  return await step(nameOf(decider), `reads the question of ${supplierName}${about} and says ${says} (step 3)`, async () => {
    const question = await questionFrom(person, supplierName)
    shown('on the list of questions', question.text)
    await answer(person, question, says)
    return question
  })
}

/** The supplier looks up what was released, gets a token just in time, and the data at the holder. */
export async function collect(
  stage: Stage,
  telling: Telling,
  use: (data: unknown) => unknown,
): Promise<{ tokens: Tokens; identifier: string }> {
  const { supplier, supplierKey, supplierName, holderName, ask, reference } = telling
  const { agreementId } = stage.world.suppliers[supplierKey]!
  const grant = await step(supplierName, 'finds in its list of grants what the school released', async () => {
    const { grants } = (await supplier.grants(agreementId!)) as { grants: { reference: string; identifier: string; active: boolean }[] }
    const found = grants.find((one) => one.reference === reference)
    mustBe(found?.active === !telling.guide, `a grant for ${reference}`)
    shown('the grant', found)
    return found!
  })
  if (telling.guide) await assign(telling, telling.guide, grant.identifier)
  const tokens = await redeem(telling, grant.identifier)
  await step(holderName, `verifies the token and hands over the data`, async () => {
    const data = await supplier.collect(tokens, ask)
    shown('the data', data)
    shown(`what ${supplierName} does with it`, use(data))
  })
  return { tokens, identifier: grant.identifier }
}

/** There is no access before the supplier says which of its guides works with the pupil. */
async function assign({ supplier, supplierName, subject, ask }: Telling, guide: string, identifier: string): Promise<void> {
  await step(supplierName, 'cannot get a token yet: no guide is assigned', async () => {
    const refusal = await refusalOf(supplier.redeem(ask, identifier), 'a token before a guide is assigned')
    shown('the refusal', refusal.message)
  })
  await step(supplierName, `assigns its guide ${guide} to ${nameOf(subject)}`, async () => {
    shown('the assignment', await supplier.assignGuide(identifier, guide))
  })
}

async function redeem({ supplier, supplierName, ask }: Telling, identifier: string): Promise<Tokens> {
  return await step(supplierName, 'gets a token for this one subject, holder and purpose, now that it needs it', async () => {
    const tokens = await supplier.redeem(ask, identifier)
    shown('the token', decoded(tokens.accessToken))
    return tokens
  })
}

/** Somebody stops it; the holder refuses the token that still lives, and there is no other. */
export async function stopAndBeRefused(
  stage: Stage,
  telling: Telling,
  decider: string,
  question: { consentId: string; text: string },
  { tokens, identifier }: { tokens: Tokens; identifier: string },
): Promise<void> {
  const { supplier, supplierName, holderName, ask } = telling
  const person = await stage.person(decider)
  const stoppedAt = await step(nameOf(decider), 'presses stop: alone, at once, without a reason', async () => {
    await stop(person, question)
    return performance.now()
  })
  await step(holderName, 'refuses the token that was good a moment ago', async () => {
    const { refusal, ms } = await untilRefused(stoppedAt, () => supplier.collect(tokens, ask))
    shown('the refusal', `${refusal.message}; ${ms} ms after the stop`)
  })
  await step(supplierName, 'asks for another token and is refused', async () => {
    const refusal = await refusalOf(supplier.redeem(ask, identifier), 'a token after the stop')
    mustBe(refusal.code === 'invalid_authorization_details', 'the one refusal there is for all reasons')
    shown('the refusal', refusal.message)
  })
}
