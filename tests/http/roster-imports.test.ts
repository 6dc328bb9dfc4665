import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { createApp } from '../../src/app.ts'
import { runLongWork } from '../../src/long-work.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { drive } from '../support/driver.ts'
import { bundleOf, regenboog, zipOf } from '../support/oneroster.ts'
import { type RestClient, restClient } from '../support/rest.ts'
import { deltaOf } from '../support/roster-delta.ts'
import { signIn } from '../support/signed-in.ts'
import type { Visitor } from '../support/visitor.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let system: RestClient
let mirjam: Visitor
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  system = await restClient(broker, await drive(broker, world), 'holder', 'roster_imports')
  mirjam = await signIn(
    broker,
    createApp(() => broker.deps),
    world.people.mirjam.email,
  )
})
beforeEach(() => broker.clock.pass({ seconds: 5 }))
afterAll(() => broker.close())

const PATH = '/v1/roster-imports'
const send = (content: Uint8Array, { oin = '00000099999999990001', key = '', type = 'application/zip' } = {}) =>
  system('POST', `${PATH}?oin=${oin}`, content, { 'content-type': type, ...(key && { 'idempotency-key': key }) })
/** What became of it, once all that waits is done. */
const outcome = async (id: string) => {
  await broker.settled()
  await runLongWork(broker.deps)
  return (await system('GET', `${PATH}/${id}`)).body
}
const allow = async (act: 'allow' | 'stop') => {
  const page = await mirjam.get('/school/roster')
  return await mirjam.post('/school/roster/senders', { ...page.fields('/school/roster/senders'), act, holder: world.holderId })
}
const whole = () => zipOf(bundleOf(regenboog()))
/** The same list with so many more pupils. */
const larger = (pupils: number) => {
  const rows = regenboog()
  for (let nr = 0; nr < pupils; nr += 1) {
    const id = `u-kind-${nr}`
    rows.users.push({ ...rows.users[3]!, sourcedId: id, username: id, givenName: `Kind ${nr}`, userIds: '' })
    rows.roles.push({ ...rows.roles[0]!, sourcedId: `role-${id}`, userSourcedId: id })
  }
  return rows
}

describe('A student administration', () => {
  test('sends nothing before an administrator lets it, and cannot tell that from a board that is not there', async () => {
    const [ours, nobodys] = [await send(await whole()), await send(await whole(), { oin: '00000099999999990099' })]
    expect([ours.status, ours.body.code]).toEqual([404, nobodys.body.code])
    const { words } = await mirjam.get('/school/roster')
    expect(words).toContain('Geen enkel systeem mag dat nu.')
    expect((await allow('allow')).words).toContain('Dit systeem mag nu zelf lijsten sturen.')
  })

  test('sends a roster, which is taken in by itself; once per Idempotency-Key (INV-15)', async () => {
    const content = await zipOf(bundleOf(larger(30)))
    const sent = await send(content, { key: 'roster-of-monday' })
    expect([sent.status, sent.body.status]).toEqual([202, 'reading'])
    expect(sent.headers.get('location')).toBe(`${PATH}/${sent.body.id}`)
    expect((await send(content, { key: 'roster-of-monday' })).body.id).toBe(sent.body.id)
    expect((await send(await whole(), { key: 'roster-of-monday' })).status).toBe(422)
    expect(await outcome(sent.body.id!)).toMatchObject({ status: 'taken_in', changes: { newPupils: 32, left: 0 } })
    const [entry] = await broker.owner`select actor from ledger where event = 'roster_imported'`
    expect(entry!.actor).toBe(`client:${world.clients.holder}`)
  })

  test('sends a delta', async () => {
    const after = larger(30)
    Object.assign(after.classes[0]!, { title: 'Groep 6a' })
    const { body } = await send(await zipOf(deltaOf(larger(30), after)))
    expect(await outcome(body.id!)).toMatchObject({ status: 'taken_in', changes: { moved: 1 } })
  })

  test('is told where its roster is wrong, and nothing of it is taken in', async () => {
    const rows = regenboog()
    Object.assign(rows.demographics[0]!, { birthDate: '14-03-2017' })
    const { body } = await send(await zipOf(bundleOf(rows)))
    expect(await outcome(body.id!)).toMatchObject({
      status: 'refused',
      error_count: 1,
      errors: [{ file: 'demographics.csv', line: 2, column: 'birthDate' }],
    })
    expect((await send(await whole(), { type: 'application/json' })).status).toBe(415)
    expect((await send(new Uint8Array())).status).toBe(400)
  })

  test('of very many errors is told the first thousand and how many there are; the school’s list has all', async () => {
    const rows = regenboog()
    rows.demographics.push(...Array.from({ length: 1100 }, (_, nr) => ({ sourcedId: `u-${nr}`, birthDate: 'ooit' }) as never))
    const { body } = await send(await zipOf(bundleOf(rows)))
    const refused = await outcome(body.id!)
    const [errors, count] = [refused.errors as unknown as unknown[], refused.error_count as unknown as number]
    expect([refused.status, errors.length, count >= 1100]).toEqual(['refused', 1000, true])
    const page = await mirjam.get(`/school/roster/${body.id}`)
    expect(page.html.match(/demographics\.csv/g)).toHaveLength(1000)
    const list = await mirjam.get(`/school/roster/${body.id}/errors.csv`)
    expect(list.html.trim().split('\r\n')).toHaveLength(count + 1)
  })

  test('cannot end more than a tenth of a school: that waits for somebody who says that it is meant', async () => {
    const { body } = await send(await zipOf(bundleOf(larger(5))))
    expect(await outcome(body.id!)).toMatchObject({ status: 'waiting_for_school', changes: { left: 25 } })
    const page = await mirjam.get(`/school/roster/${body.id}`)
    const confirm = `/school/roster/${body.id}/confirm`
    await mirjam.post(confirm, { ...page.fields(confirm), ends: 'much' })
    await broker.settled()
    expect(await outcome(body.id!)).toMatchObject({ status: 'taken_in' })
  })

  test('nor in EDEXML, nor in a CSV file, whose columns somebody names first', async () => {
    const edexml =
      '<EDEX><school><brincode>99ZA</brincode></school><groepen/><leerlingen>' +
      '<leerling key="1"><achternaam>Bos</achternaam><roepnaam>Zoë</roepnaam><geboortedatum>2015-02-01</geboortedatum></leerling></leerlingen></EDEX>'
    const { body: xml } = await send(Buffer.from(edexml), { type: 'application/xml' })
    expect(await outcome(xml.id!)).toMatchObject({ status: 'waiting_for_school', changes: { newPupils: 1, left: 7 } })

    const { body: csv } = await send(Buffer.from('nr;roepnaam;achternaam\n1;Zoë;Bos'), { type: 'text/csv' })
    const unnamed = await outcome(csv.id!)
    expect([unnamed.status, unnamed.changes]).toEqual(['waiting_for_school', undefined])
    const columns = `/school/roster/${csv.id}/columns`
    const named = { about: 'pupils', brin: '99ZA', 'col-number': '0', 'col-given': '1', 'col-family': '2' }
    await mirjam.post(columns, { ...(await mirjam.get(columns)).fields(columns), ...named })
    expect(await outcome(csv.id!)).toMatchObject({ status: 'waiting_for_school', changes: { newPupils: 1, left: 7 } })
    expect((await mirjam.get(`/school/roster/${csv.id}`)).words).toContain('7 van de 8 leerlingen stoppen.')
    expect(await broker.owner`select from persons where given_name = 'Zoë'`).toHaveLength(0)
  })

  test('that may no longer send has nothing taken in that was not yet, and sees no other’s rosters', async () => {
    const { body } = await send(await zipOf(bundleOf(larger(8))))
    expect((await allow('stop')).words).toContain('Dit systeem mag geen lijsten meer sturen.')
    expect(await outcome(body.id!)).toMatchObject({ status: 'waiting_for_school' })
    expect((await send(await whole())).status).toBe(404)
    expect((await system('GET', `${PATH}/${world.boardId}`)).status).toBe(404)
  })
})
