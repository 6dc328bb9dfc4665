import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { answerConsent } from '../../src/consents/answer.ts'
import { openConsentsOn } from '../../src/consents/store.ts'
import { newSecret, type RoundId } from '../../src/ids.ts'
import { type Asking, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { addFamilies } from '../support/more-families.ts'
import { signIn } from '../support/signed-in.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
let app: ReturnType<typeof createApp>
let roundId: RoundId
/** So many parents say yes, and so many no, to one of the questions; who answered before answers again. */
let answer: (nr: number, yes: number, no: number) => Promise<void>
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  app = createApp(() => broker.deps)
  they = asking(broker, world)
  const families = await addFamilies(
    broker,
    world,
    Array.from({ length: 11 }, (_, nr) => ({ given: `Kind ${nr}`, guardians: [{ given: `Ouder ${nr}` }] })),
  )
  const deciders = new Map(families.map(({ id, guardians }) => [id, guardians[0]!]))
  const made = await they.round([imageItem('website'), imageItem('folder')])
  roundId = made.roundId
  broker.clock.pass({ minutes: 1 })
  answer = async (nr: number, yes: number, no: number) => {
    const open = await they.as('staff', (tx) => openConsentsOn(tx, world.boardId, [made.itemIds[nr]!]))
    const some = open.filter(({ question }) => deciders.has(question.subject.personId)).slice(0, yes + no)
    for (const [index, { consentId, question }] of some.entries()) {
      const actor = { ...world.people.nadia.actor, personId: deciders.get(question.subject.personId)! }
      const { hash } = await they.shown(consentId)
      const reply = { consentId, answer: index < yes ? ('yes' as const) : ('no' as const), shownHash: hash, language: 'nl' as const }
      await answerConsent(broker.deps, actor, { ...reply, formToken: newSecret() })
    }
  }
  await answer(0, 6, 5)
  await answer(1, 9, 2)
})
afterAll(() => broker.close())

describe('D10, D05 The figures of a round', () => {
  test('are counts and shares, and not of a few', async () => {
    const mirjam = await signIn(broker, app, world.people.mirjam.email)
    const progress = await mirjam.get(`/school/rounds/${roundId}`)
    expect(progress.html).toContain(`href="/school/rounds/${roundId}/figures"`)
    const { words, html } = await mirjam.get(`/school/rounds/${roundId}/figures`)
    expect(words).toContain('Alle scholen 11 van 12 (92%) 6 (55%) 5 (45%)')
    expect(words, 'two said no').toContain('Alle scholen 11 van 12 (92%) te weinig te weinig')
    expect(html).not.toContain('Kind 1')
  })

  test('and of two looks: what fewer than five changed is not in the difference (D04)', async () => {
    const mirjam = await signIn(broker, app, world.people.mirjam.email)
    const look = async () =>
      (await mirjam.get(`/school/rounds/${roundId}/figures`)).words.match(/Alle scholen (.*?%\)) (\d+).*?%\) (\d+)/)!.slice(1)
    expect(await look()).toEqual(['11 van 12 (92%)', '6', '5'])
    await answer(0, 7, 4)
    expect(await look(), 'one parent said yes after all, and nobody can tell').toEqual(['11 van 12 (92%)', '6', '5'])
    await answer(0, 11, 0)
    expect(await look(), 'five did').toEqual(['11 van 12 (92%)', '11', '0'])
  })

  test('are for who looks after the school, the data protection officer too; not for a parent or a teacher', async () => {
    const els = await signIn(broker, app, world.people.els.email)
    expect((await els.get(`/school/rounds/${roundId}/figures`)).status).toBe(200)
    for (const who of ['nadia', 'pim'] as const) {
      const visitor = await signIn(broker, app, world.people[who].email)
      expect((await visitor.get(`/school/rounds/${roundId}/figures`)).status).toBe(404)
    }
  })
})
