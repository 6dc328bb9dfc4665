import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { answerConsent } from '../../src/consents/answer.ts'
import { figuresOf } from '../../src/consents/figures.ts'
import { roundById } from '../../src/consents/rounds.ts'
import { addUp, FEWEST_BOARDS, sectorFigures } from '../../src/consents/sector-figures.ts'
import { openConsentsOn } from '../../src/consents/store.ts'
import { fsck } from '../../src/fsck/fsck.ts'
import { type BoardId, newId, newSecret, type RoundId } from '../../src/ids.ts'
import { type Asking, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { addFamilies } from '../support/more-families.ts'
import { signIn } from '../support/signed-in.ts'
import { Visitor } from '../support/visitor.ts'
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

describe('D12, D09 The board decides whether others see the figures', () => {
  let visitors: Record<'ruud' | 'mirjam', Visitor>
  beforeAll(async () => {
    const { ruud, mirjam } = world.people
    visitors = { ruud: await signIn(broker, app, ruud.email), mirjam: await signIn(broker, app, mirjam.email) }
  })
  const path = () => `/school/rounds/${roundId}/figures`
  const publicPage = async () => (await new Visitor(app).get('/schools/99ZA')).words
  const press = async (who: 'ruud' | 'mirjam', what: 'share' | 'stop', fields: Record<string, string> = {}) => {
    const form = (await visitors.ruud.get(path())).fields(`${path()}/${what}`)
    return await visitors[who].post(`${path()}/${what}`, { ...form, ...fields })
  }

  test('nobody else does; what was counted then stands on the page of the school, with what tells of a few left out', async () => {
    expect(await publicPage()).not.toContain('Hoe er is geantwoord')
    const seen = await visitors.mirjam.get(path())
    expect(seen.words).toContain('Alleen wie voor het bestuur tekent, kan dit kiezen.')
    expect(seen.html).not.toContain(`${path()}/share`)
    expect((await press('mirjam', 'share', { complete: '1' })).status).toBe(403)
    const early = await press('ruud', 'share')
    expect([early.status, early.html], 'D09: not before every questionnaire was handed in').toEqual([
      400,
      expect.stringContaining('id="complete-error"'),
    ])
    expect(await publicPage()).not.toContain('Hoe er is geantwoord')
    expect((await press('ruud', 'share', { complete: '1' })).words).toContain('Het bestuur deelt deze cijfers sinds 16 november 2026.')
    const page = await publicPage()
    expect(page).toContain('Alle scholen 11 van 12 (92%) 11 (100%) 0 (0%)')
    expect(page, 'two said no').toContain('Alle scholen 11 van 12 (92%) te weinig te weinig')
    const before = (await visitors.ruud.get(path())).fields(`${path()}/share`)
    await answer(0, 6, 5)
    const changed = await visitors.ruud.post(`${path()}/share`, { ...before, complete: '1' })
    expect([changed.status, changed.words], 'nobody shares what they have not seen').toEqual([
      409,
      expect.stringContaining('De cijfers zijn net veranderd.'),
    ])
    expect(await publicPage(), 'as it was then').toContain('Alle scholen 11 van 12 (92%) 11 (100%) 0 (0%)')
    await press('ruud', 'share', { complete: '1' })
    expect(await publicPage()).toContain('Alle scholen 11 van 12 (92%) 6 (55%) 5 (45%)')
    expect((await press('ruud', 'stop')).words).toContain('Alleen u en uw collega’s zien deze cijfers.')
    expect(await publicPage()).not.toContain('Hoe er is geantwoord')
    expect((await fsck(broker.db)).findings['INV-05'].filter((finding) => /figure/.test(finding))).toEqual([])
  })

  test('D06 figures are by question and school, and by nothing that people said of themselves', async () => {
    await broker.owner`update items set purpose = '5.1.f', datatypes = array['sex', 'age-bracket', 'survey-answers'] where round_id = ${roundId}`
    const round = await they.as('staff', (tx) => roundById(tx, world.boardId, roundId))
    const figures = await they.as('staff', (tx) => figuresOf(tx, round!, broker.clock.now()))
    for (const { schools, ...one } of figures) {
      expect(Object.keys(one).sort()).toEqual(['answered', 'asked', 'itemId', 'split'])
      for (const school of schools) expect(Object.keys(school).sort()).toEqual(['answered', 'asked', 'school', 'schoolId', 'split'])
    }
  })

  test('D07, D13 for the sector, and for others who examine it, is added up what five boards share, and nothing of fewer', async () => {
    await press('ruud', 'share', { complete: '1' })
    expect(await sectorFigures(broker.db), 'one board').toEqual({ figures: [], leftOut: 1 })
    const shares = (boards: number) =>
      Array.from({ length: boards }, () => ({
        boardId: newId<BoardId>(broker.clock.now()),
        schoolYear: '2026-2027',
        subjects: 'employee' as const,
        purpose: '5.2.f',
        medium: null,
        yes: 20,
        no: 10,
      }))
    expect(addUp(shares(FEWEST_BOARDS - 1))).toEqual({ figures: [], leftOut: 1 })
    const [four, other] = [shares(4), shares(1)]
    expect(addUp([...four, ...four.map((one) => ({ ...one, yes: 5 }))]), 'two rounds of one board are one board').toMatchObject({
      figures: [],
    })
    expect(addUp([...four, ...other, { ...other[0]!, purpose: 'image' }])).toEqual({
      figures: [{ schoolYear: '2026-2027', subjects: 'employee', purpose: '5.2.f', medium: null, boards: 5, yes: 100, no: 50 }],
      leftOut: 1,
    })
  })
})
