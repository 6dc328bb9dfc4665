import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { endSuggestion, suggestService } from '../../src/requests/suggest.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole, told } from '../support/ledger.ts'
import { addFamilies } from '../support/more-families.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

const PATH = '/school/suggestions'
let broker: TestBroker
let world: SmallWorld
let mirjam: Visitor
let nadia: Visitor
let els: Visitor
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await addFamilies(broker, world, [{ given: 'Ali', family: 'Yildiz', group: 'Groep 8' }])
  const app = createApp(() => broker.deps)
  mirjam = await signIn(broker, app, world.people.mirjam.email)
  nadia = await signIn(broker, app, world.people.nadia.email)
  els = await signIn(broker, app, world.people.els.email)
})
afterAll(async () => {
  await expectLedgerWhole(broker, world.boardId)
  await broker.close()
})
beforeEach(() => broker.clock.pass({ minutes: 1 }))

const suggest = async (fields: Record<string, string | string[]> = {}) =>
  await mirjam.post(PATH, {
    ...(await mirjam.get(PATH)).fields(PATH),
    service: world.serviceId,
    group: `${world.schoolId}:Groep 6`,
    words: 'Gaat rekenen thuis moeilijk? Dan kan dit helpen.',
    until: '2026-12-31',
    ...fields,
  })
const counts = async () =>
  await broker.owner`
    select (select count(*) from access_requests) as requests, (select count(*) from items) as items, (select count(*) from consents) as consents,
      (select count(*) from events) as events, (select count(*) from deliveries) as deliveries, (select count(*) from link_codes) as codes`

describe('K14 The school points parents to a service', () => {
  test('of that group, until the day; no request, no decision, and reading it leaves nothing behind', async () => {
    const before = await counts()
    expect((await suggest()).words).toContain('Ouders zien deze tip nu als nieuws op hun eerste pagina.')
    const home = await nadia.get('/')
    expect(home.words).toMatch(
      /Nieuw sinds uw vorige bezoek .* Tip van Stichting De Waterlelie Onderwijs Dyscalculiebegeleiding, Reken Plus B\.V\./,
    )
    const codes = await nadia.get('/link-codes')
    expect(codes.words).toContain('Gaat rekenen thuis moeilijk?')
    expect(codes.html).toContain(`href="/link-codes?supplier=${world.supplierId}#supplier"`)
    expect((await nadia.get(`/link-codes?supplier=${world.supplierId}`)).html).toMatch(new RegExp(`value="${world.supplierId}" selected`))
    expect(await counts()).toEqual(before)
    const ledger = await broker.owner`select count(*)::int as entries from ledger`
    await nadia.get('/')
    expect(await broker.owner`select count(*)::int as entries from ledger`).toEqual(ledger)
    expect((await told(broker, 'suggestion_made')).length).toBe(1)
    broker.clock.pass({ minutes: 40 })
    await nadia.get('/')
    expect((await nadia.get('/')).words, 'news once, and nothing that waits').not.toContain('Dyscalculiebegeleiding')
    expect((await nadia.get('/link-codes')).words, 'and there to be found').toContain('Dyscalculiebegeleiding')
    const looking = await els.get(PATH)
    expect(looking.words).toContain('Dyscalculiebegeleiding')
    expect(looking.html).not.toContain(`action="${PATH}`)
  })

  test('who is not in the group does not see it; taken away it is gone at once', async () => {
    await suggest({ group: `${world.schoolId}:Groep 8`, words: 'Alleen voor groep 8.' })
    for (const path of ['/', '/link-codes']) expect((await nadia.get(path)).words).not.toContain('Alleen voor groep 8.')
    const list = await mirjam.get(PATH)
    for (const [action] of list.html.matchAll(/\/school\/suggestions\/[0-9a-f-]{36}\/end/g))
      expect((await mirjam.post(action, (await mirjam.get(PATH)).fields(action))).words).toContain('De tip is weg.')
    for (const path of ['/', '/link-codes']) expect((await nadia.get(path)).words).not.toContain('Dyscalculiebegeleiding, Reken Plus')
  })

  test('what is wrong is said at its field; an advertisement is none of the school’s', async () => {
    const wrong = await suggest({ group: [], words: ' ' })
    expect([
      wrong.status,
      wrong.words.split('Kruis aan voor welke groepen.').length,
      wrong.words.split('Schrijf op waarom').length,
    ]).toEqual([400, 3, 3])
    expect((await suggest({ until: '2026-01-01' })).words).toContain('Kies een dag die nog komt.')
    const advertised = await suggest({ words: 'Nu met 20% korting in de aanbieding, klik voor reclame.' })
    expect([advertised.status, advertised.words.includes('Reclame mag niet.')]).toEqual([400, true])
  })

  test('nobody suggests for a school of somebody else, to nobody, or a service that does not ask directly', async () => {
    const { pim, mirjam: leader } = world.people
    const audience = { schools: [world.schoolId], groups: [], persons: [] }
    const input = { serviceId: world.serviceId, audience, words: 'Kijk eens.', endsAt: world.until }
    await expect(suggestService(broker.deps, pim.actor, input)).rejects.toMatchObject({ code: 'mandate_missing' })
    await expect(suggestService(broker.deps, leader.actor, { ...input, audience: { ...audience, schools: [] } })).rejects.toMatchObject({
      code: 'input_invalid',
    })
    await broker.owner`update clients set disabled_at = now() where way in ('ciba', 'redirect')`
    await expect(suggestService(broker.deps, leader.actor, input)).rejects.toMatchObject({ code: 'service_not_found' })
    await broker.owner`update clients set disabled_at = null`
    const id = await suggestService(broker.deps, leader.actor, input)
    expect((await nadia.get('/link-codes')).words).toContain('Kijk eens.')
    await expect(endSuggestion(broker.deps, pim.actor, id)).rejects.toMatchObject({ code: 'mandate_missing' })
    await endSuggestion(broker.deps, leader.actor, id)
    await expect(endSuggestion(broker.deps, leader.actor, id)).rejects.toMatchObject({ code: 'suggestion_not_found' })
  })
})
