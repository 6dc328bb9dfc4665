import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recordCouncilApproval } from '../../src/agreements/council-approval.ts'
import { sha256 } from '../../src/canonical.ts'
import { askAll, askedHash } from '../../src/consents/ask.ts'
import { askNewcomers } from '../../src/consents/ask-newcomers.ts'
import { addItem } from '../../src/consents/draft-items.ts'
import { draftRound } from '../../src/consents/draft-round.ts'
import { mayBeShown } from '../../src/consents/images.ts'
import { objectTo } from '../../src/consents/object.ts'
import { progressOf } from '../../src/consents/progress.ts'
import { publishRound } from '../../src/consents/publish-round.ts'
import { renewItem } from '../../src/consents/renew-item.ts'
import { itemsOfRound, roundsOf } from '../../src/consents/rounds.ts'
import { openConsentsOn } from '../../src/consents/store.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { workListOf } from '../../src/consents/work-list.ts'
import { type LeafletId, newId } from '../../src/ids.ts'
import { unanswerable } from '../../src/people/unknown-authority.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectNothingBroken } from '../support/fsck.ts'
import { leafletContent } from '../support/leaflet-content.ts'
import { tellWorld } from '../support/told-world.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  await tellWorld(broker, world)
  they = asking(broker, world)
})
afterAll(async () => {
  await expectNothingBroken(broker)
  await broker.close()
})
beforeEach(() => broker.clock.pass({ minutes: 1 }))

const everybody = () => ({ schools: [world.schoolId], groups: [], persons: [] })
const draft = (subjectKind: 'pupil' | 'employee' = 'pupil') =>
  draftRound(broker.deps, world.people.mirjam.actor, {
    title: 'Ouderovereenkomst 2026-2027',
    subjectKind,
    undertakings: 'Wij beloven dat.',
  })
const publish = (input: Parameters<typeof publishRound>[2]) => publishRound(broker.deps, world.people.mirjam.actor, input)

describe('A round is the year’s subject agreement (K04, K06)', () => {
  test('it runs with the school year, and staff without the mandate make none', async () => {
    const { roundId } = await draft()
    const rounds = await they.as('staff', (tx) => roundsOf(tx, world.boardId))
    expect(rounds.find((round) => round.roundId === roundId)).toMatchObject({
      schoolYear: '2026-2027',
      startsAt: world.since,
      endsAt: world.until,
      publishedAt: null,
    })
    const pim = draftRound(broker.deps, world.people.pim.actor, { title: 'x', subjectKind: 'pupil', undertakings: 'x' })
    await expect(pim).rejects.toThrow('mandate_missing')
  })

  test('only the items that are named are asked; a draft asks nobody; it is published once', async () => {
    const { roundId } = await draft()
    const add = (channel: string) => addItem(broker.deps, world.people.mirjam.actor, roundId, imageItem(channel))
    const [chosen, left] = [await add('gang'), await add('hal')]
    expect(await they.as('staff', (tx) => openConsentsOn(tx, world.boardId, [chosen.itemId, left.itemId]))).toEqual([])
    await expect(publish({ roundId, itemIds: [newId(broker.clock.now())], audience: everybody() })).rejects.toThrow('item_not_found')
    expect(await publish({ roundId, itemIds: [chosen.itemId], audience: everybody() })).toEqual({ subjects: 1, consents: 1 })
    await expect(publish({ roundId, audience: everybody() })).rejects.toThrow('round_already_published')
    await expect(add('zolder')).rejects.toThrow('round_already_published')
    await expect(publish({ roundId: newId(broker.clock.now()), audience: everybody() })).rejects.toThrow('round_not_found')
    const progress = await they.as('staff', (tx) => progressOf(tx, world.boardId, roundId))
    expect(progress.find(({ itemId }) => itemId === chosen.itemId)).toMatchObject({ asked: 1, answered: 0 })
    expect(progress.find(({ itemId }) => itemId === left.itemId)).toMatchObject({ asked: 0, answered: 0 })
    expect(await they.as('staff', (tx) => itemsOfRound(tx, world.boardId, roundId))).toHaveLength(2)
  })

  test('an audience of a group or of named pupils', async () => {
    const groups = [{ schoolId: world.schoolId, groupName: 'Groep 6' }]
    for (const [audience, subjects] of [
      [{ schools: [], groups, persons: [] }, 1],
      [{ schools: [], groups: [{ schoolId: world.schoolId, groupName: 'Groep 7' }], persons: [] }, 0],
      [{ schools: [], groups, persons: [world.people.fatima.id, world.people.sara.id] }, 1],
    ] as const) {
      const { roundId } = await draft()
      await addItem(broker.deps, world.people.mirjam.actor, roundId, imageItem('trap'))
      const published = await publish({ roundId, audience: { schools: [], groups: [...audience.groups], persons: [...audience.persons] } })
      expect(published.subjects).toBe(subjects)
    }
  })

  test('a round of staff needs the council’s consent first', async () => {
    const { roundId } = await draft('employee')
    await addItem(broker.deps, world.people.mirjam.actor, roundId, imageItem('personeelspagina'))
    await expect(publish({ roundId, audience: everybody() })).rejects.toThrow('council_approval_missing')
    const councilApprovalId = await recordCouncilApproval(broker.deps, world.people.ruud.actor, {
      council: 'PMR',
      about: 'Foto’s van personeel',
      approvedOn: '2026-11-01',
    })
    expect(await publish({ roundId, audience: everybody(), councilApprovalId })).toEqual({ subjects: 6, consents: 6 })
  })

  test('the hash in the ledger is of what stands in the database', async () => {
    const { roundId, itemIds } = await they.round([imageItem('bieb'), imageItem('kelder')])
    const rows = await broker.owner<{ consent_id: never; item_id: never; subject_id: never }[]>`
      select consent_id, item_id, subject_id from consents where item_id = any(${itemIds})`
    const hash = askedHash(rows.map((row) => ({ consentId: row.consent_id, itemId: row.item_id, subjectId: row.subject_id })))
    const published = (await they.ledgerOf(roundId)).find(({ event }) => event === 'round_published')
    expect(published?.facts).toMatchObject({ hash, count: 2 })
  })

  test('of many asked at once, only who has no open consent yet is asked', async () => {
    const { itemIds } = await they.round([imageItem('dak'), imageItem('kas')])
    // Items made in one millisecond have ids in no order.
    const inOrder = [...itemIds].sort()
    const at = broker.clock.now()
    const { fatima, sara } = world.people
    const asked = await they.as('staff', (tx) =>
      askAll(tx, at, { boardId: world.boardId, approach: 'organisation', itemIds }, [sara.id, fatima.id]),
    )
    expect(asked.map(({ itemId, subjectId }) => [itemId, subjectId])).toEqual(inOrder.map((itemId) => [itemId, sara.id]))
  })
})

describe('P48 a round and the minimum age of a service', () => {
  test('who is younger is asked the rest, and that too as soon as they are old enough', async () => {
    const fromAge = (age: number | null) => broker.owner`update services set minimum_age = ${age} where service_id = ${world.serviceId}`
    await fromAge(12)
    const { roundId } = await draft()
    const [photo, lesson] = [imageItem('plein'), arithmeticItem(world)]
    const items = [await addItem(broker.deps, world.people.mirjam.actor, roundId, photo)]
    items.push(await addItem(broker.deps, world.people.mirjam.actor, roundId, lesson))
    expect(await publish({ roundId, audience: everybody() })).toEqual({ subjects: 1, consents: 1 })
    const progress = () => they.as('staff', (tx) => progressOf(tx, world.boardId, roundId))
    const asked = async () => Object.fromEntries((await progress()).map(({ itemId, asked: count }) => [itemId, count]))
    expect(await asked()).toEqual({ [items[0]!.itemId]: 1, [items[1]!.itemId]: 0 })
    await askNewcomers(broker.deps, world.boardId)
    expect(await asked()).toMatchObject({ [items[1]!.itemId]: 0 })
    await broker.owner`update persons set birth_date = '2014-11-16' where person_id = ${world.people.fatima.id}`
    await askNewcomers(broker.deps, world.boardId)
    expect(await asked()).toEqual({ [items[0]!.itemId]: 1, [items[1]!.itemId]: 1 })
    await fromAge(null)
    await broker.owner`update persons set birth_date = '2017-03-14' where person_id = ${world.people.fatima.id}`
  })
})

describe('A newer leaflet changes what was said yes to (M26)', () => {
  test('everybody is asked again, and what was answered lapses', async () => {
    const { itemIds, consentIds } = await they.round([arithmeticItem(world)])
    await they.answer(world.people.nadia, consentIds[0]!, 'yes')
    const leafletId = newId<LeafletId>(broker.clock.now())
    const content = JSON.stringify({ ...leafletContent, subprocessors: [{ name: 'CloudKlas Inc.', task: 'opslag', country: 'US' }] })
    await broker.owner`insert into leaflets (leaflet_id, service_id, version, content, content_hash, published_at)
      values (${leafletId}, ${world.serviceId}, 2, ${content}, ${sha256(content)}, ${broker.clock.now()})`
    const renew = () => renewItem(broker.deps, world.people.mirjam.actor, { itemId: itemIds[0]!, leafletId })
    await expect(renew()).rejects.toThrow('agreement_not_in_force')
    expect(await they.state(consentIds[0]!)).toBe('given')
    await broker.owner`insert into agreement_services (board_id, agreement_id, service_id, leaflet_id, parts, accepted_at)
      values (${world.boardId}, ${world.agreementId}, ${world.serviceId}, ${leafletId}, '{begeleiding}', ${broker.clock.now()})`
    const { itemId } = await renew()
    expect(await they.state(consentIds[0]!)).toBe('lapsed')
    const [anew] = await they.as('staff', (tx) => openConsentsOn(tx, world.boardId, [itemId]))
    expect(await they.state(anew!.consentId)).toBe('unanswered')
    expect((await they.shown(anew!.consentId)).question).toMatchObject({ leaflet: { version: 2 }, outsideEea: ['US'] })
  })
})

describe('The school’s work list (A10)', () => {
  const list = () => they.as('staff', (tx) => workListOf(tx, world.boardId, broker.clock.now()))

  test('parents who do not agree, and objections with the day they must be decided', async () => {
    const { consentIds } = await they.round([imageItem('poort'), arithmeticItem(world, { legalBasis: 'public_task', purpose: '5.1.d' })])
    await they.answer(world.people.nadia, consentIds[0]!, 'yes')
    await they.answer(world.people.karim, consentIds[0]!, 'no')
    const { decideBy } = await objectTo(broker.deps, world.people.karim.actor, consentIds[1]!)
    expect(await list()).toMatchObject({
      conflicts: [{ consentId: consentIds[0] }],
      objections: [{ consentId: consentIds[1], decideBy }],
    })
  })

  test('a child of whom nobody knows who may answer (P27: unknown is no)', async () => {
    await broker.owner`update persons set birth_date = null where person_id = ${world.people.fatima.id}`
    const { pupils } = await they.as('staff', (tx) => unanswerable(tx, world.boardId, broker.clock.now(), 'board', 50))
    expect(pupils).toMatchObject([{ personId: world.people.fatima.id, why: 'no_birth_date' }])
    await broker.owner`update persons set birth_date = '2017-03-14' where person_id = ${world.people.fatima.id}`
  })
})

describe('Who may be in this picture on this channel (P23-P25, P27, P30)', () => {
  const shown = (channel: string, medium: 'photo' | 'video' | 'sound' = 'photo') =>
    they.as('staff', (tx) =>
      mayBeShown(tx, world.boardId, [world.people.fatima.id, world.people.sara.id], { channel, medium }, broker.clock.now()),
    )

  test('who said yes for that channel and medium, and nobody else: a photo is no film and no sound (P29)', async () => {
    const { consentIds } = await they.round([imageItem('insta'), imageItem('krant')])
    expect(await shown('insta')).toEqual(new Set())
    await they.answer(world.people.nadia, consentIds[0]!, 'yes')
    expect(await shown('insta')).toEqual(new Set([world.people.fatima.id]))
    expect(await shown('krant')).toEqual(new Set())
    for (const medium of ['video', 'sound'] as const) expect(await shown('insta', medium)).toEqual(new Set())
    await they.answer(world.people.karim, consentIds[0]!, 'no')
    expect(await shown('insta')).toEqual(new Set())
  })

  test('asked twice for one channel, a no to either is a no, and what was stopped is stopped', async () => {
    const first = (await they.round([imageItem('tiktok')])).consentIds[0]!
    const second = (await they.round([imageItem('tiktok')])).consentIds[0]!
    await they.answer(world.people.nadia, first, 'yes')
    expect(await shown('tiktok')).toEqual(new Set([world.people.fatima.id]))
    await they.answer(world.people.nadia, second, 'no')
    expect(await shown('tiktok')).toEqual(new Set())
    await they.answer(world.people.nadia, second, 'yes')
    expect(await shown('tiktok')).toEqual(new Set([world.people.fatima.id]))
    broker.clock.pass({ minutes: 1 })
    await withdrawConsent(broker.deps, world.people.nadia.actor, first)
    expect(await shown('tiktok')).toEqual(new Set())
    broker.clock.pass({ minutes: 1 })
    await they.answer(world.people.nadia, second, 'yes')
    expect(await shown('tiktok')).toEqual(new Set([world.people.fatima.id]))
  })
})
