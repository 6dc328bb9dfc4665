import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { askNewcomers } from '../../src/consents/ask-newcomers.ts'
import { tellDeciders } from '../../src/consents/notices.ts'
import { tellRounds } from '../../src/consents/tell-rounds.ts'
import { tellWhoTurnedSixteen } from '../../src/consents/turned-sixteen.ts'
import { undoAnswer } from '../../src/consents/undo-answer.ts'
import { newId, type PersonId } from '../../src/ids.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { enqueueMail } from '../../src/notifications/enqueue.ts'
import { isQuiet, nextMorning } from '../../src/notifications/quiet-hours.ts'
import { unseal } from '../../src/sealing.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
})
afterAll(() => broker.close())
beforeEach(async () => {
  await broker.owner`delete from deliveries`
  broker.mails.splice(0)
})

const tell = () => they.as('job', (tx) => tellDeciders(tx, broker.deps, broker.clock.now(), world.boardId, [world.people.fatima.id]))
/** The mails that somebody got, and those that wait, with when they go, in the order of sending. */
const mailsTo = async (who: 'nadia' | 'karim' | 'fatima') => {
  const rows = await broker.owner<{ delivery_id: string; payload: string; run_at: Date }[]>`
    select delivery_id, payload, run_at from deliveries where payload is not null order by run_at, dedup_key`
  const mails = await Promise.all(
    rows.map(async ({ delivery_id, payload, run_at }) => ({
      ...(JSON.parse(await unseal(broker.deps.secret, `mail:${delivery_id}`, payload)) as { to: string; subject: string; text: string }),
      runAt: run_at,
    })),
  )
  const sent = broker.mails.map((mail) => ({ ...mail, runAt: undefined }))
  return [...sent, ...mails].filter(({ to }) => to === world.people[who].email)
}
const amsterdam = (time: string) => new Date(`2026-11-17T${time}:00+01:00`)

describe('Quiet hours: nine in the evening to seven in the morning', () => {
  test.each([
    ['20:59', false],
    ['21:00', true],
    ['00:00', true],
    ['06:59', true],
    ['07:00', false],
  ])('%s: %s', (time, quiet) => expect(isQuiet(amsterdam(time))).toBe(quiet))

  test('the next morning is seven by the wall, also when the clock was changed that night', () => {
    expect(nextMorning(amsterdam('22:00'))).toEqual(new Date('2026-11-18T07:00:00+01:00'))
    expect(nextMorning(amsterdam('03:00'))).toEqual(amsterdam('07:00'))
    expect(nextMorning(new Date('2027-03-28T00:30:00+01:00'))).toEqual(new Date('2027-03-28T07:00:00+02:00'))
    expect(nextMorning(new Date('2026-10-24T23:00:00+02:00'))).toEqual(new Date('2026-10-25T07:00:00+01:00'))
  })
})

describe('Asking is rationed', () => {
  test('three notices a day; a fourth waits for the morning, and one is enough then', async () => {
    broker.clock.set(amsterdam('10:00'))
    for (let nr = 0; nr < 6; nr += 1) await tell()
    const mails = await mailsTo('nadia')
    expect(mails.map(({ runAt }) => runAt)).toEqual([...Array(3).fill(amsterdam('10:00')), new Date('2026-11-18T07:00:00+01:00')])
  })

  test('in the night nobody is mailed: one mail in the morning', async () => {
    broker.clock.set(amsterdam('23:30'))
    await tell()
    await tell()
    expect((await mailsTo('nadia')).map(({ runAt }) => runAt)).toEqual([new Date('2026-11-18T07:00:00+01:00')])
  })

  test('what comes to its turn in the night waits for the morning; a code to sign in does not', async () => {
    broker.clock.set(amsterdam('20:58'))
    const { sendMail } = broker.deps
    broker.deps.sendMail = () => Promise.reject(new Error('the mail server is away'))
    await tell()
    await deliverMails(broker.deps)
    broker.deps.sendMail = sendMail
    const sentAt = async (at: Date) => {
      broker.clock.set(at)
      broker.mails.splice(0)
      await deliverMails(broker.deps)
      return broker.mails.map(({ to }) => to)
    }
    const code = { to: 'nu@gezin.example', subject: 'Uw code', text: '1', at: broker.clock.now() }
    await they.as('job', (tx) => enqueueMail(tx, broker.deps, code))
    expect(await sentAt(amsterdam('23:30'))).toEqual(['nu@gezin.example'])
    expect(await sentAt(new Date('2026-11-18T07:00:00+01:00'))).toContain(world.people.nadia.email)
  })

  test('a mail never says who, what or by whom', async () => {
    broker.clock.set(amsterdam('10:00'))
    await they.round([arithmeticItem(world)])
    await broker.settled()
    const [mail] = await mailsTo('nadia')
    expect(mail?.text).toContain(`${broker.deps.issuer}/questions`)
    expect(JSON.stringify(mail)).not.toMatch(/Fatima|Reken|dyscalculie|resultaten/)
  })
})

describe('A round tells its deciders after it was published', () => {
  test('one mail each, however many items, and once however often the job runs', async () => {
    broker.clock.set(amsterdam('11:00'))
    await they.round([imageItem('prikbord'), imageItem('flyer')])
    await broker.settled()
    await tellRounds(broker.deps, world.boardId)
    expect(await mailsTo('nadia')).toHaveLength(1)
    expect(await mailsTo('fatima')).toHaveLength(0)
  })

  test('who comes to the school later is asked the same, once', async () => {
    const { itemIds } = await they.round([imageItem('schoolplein'), imageItem('sportdag')])
    await broker.settled()
    await askNewcomers(broker.deps, world.boardId)
    const ali = newId<PersonId>(broker.clock.now())
    await broker.owner`insert into persons (board_id, person_id, given_name, family_name, birth_date, created_at) values (${world.boardId}, ${ali}, 'Ali', 'Yildiz', '2015-01-02', ${broker.clock.now()})`
    await broker.owner`insert into enrolments (board_id, enrolment_id, person_id, school_id, starts_at) values (${world.boardId}, ${newId(broker.clock.now())}, ${ali}, ${world.schoolId}, ${broker.clock.now()})`
    expect(await askNewcomers(broker.deps, world.boardId)).toBeGreaterThanOrEqual(2)
    expect(await askNewcomers(broker.deps, world.boardId)).toBe(0)
    const asked = await broker.owner`select item_id from consents where subject_id = ${ali} and item_id = any(${itemIds})`
    expect(asked).toHaveLength(2)
  })
})

describe('A first yes is told to the other parent at once', () => {
  const firstYes = async () => (await mailsTo('karim')).filter(({ text }) => text.includes('/other-yes'))

  test('however often they were mailed that day, and once a day for each question', async () => {
    broker.clock.set(amsterdam('13:00'))
    const { consentIds } = await they.round([imageItem('voorstelling'), imageItem('klassenfoto')])
    await broker.settled()
    for (let nr = 0; nr < 3; nr += 1) await tell()
    const { nadia } = world.people
    await they.answer(nadia, consentIds[0]!, 'yes')
    expect((await firstYes()).map(({ runAt }) => runAt)).toEqual([amsterdam('13:00')])
    await undoAnswer(broker.deps, nadia.actor, { consentId: consentIds[0]!, since: amsterdam('12:00') })
    await they.answer(nadia, consentIds[0]!, 'yes')
    expect(await firstYes(), 'taken back and given again').toHaveLength(1)
    await they.answer(nadia, consentIds[1]!, 'yes')
    expect(await firstYes(), 'another question').toHaveLength(2)
  })

  test('in the night it waits for the morning', async () => {
    broker.clock.set(amsterdam('20:00'))
    const { consentIds } = await they.round([imageItem('avond')])
    await broker.settled()
    broker.clock.set(amsterdam('22:00'))
    await they.answer(world.people.nadia, consentIds[0]!, 'yes')
    expect((await firstYes()).map(({ runAt }) => runAt)).toEqual([new Date('2026-11-18T07:00:00+01:00')])
  })
})

describe('Sixteen (P01)', () => {
  test('the pupil is told once that they decide now, when something is asked or given', async () => {
    await they.round([imageItem('zestien')])
    await broker.settled()
    await broker.owner`delete from deliveries`
    await broker.owner`update persons set birth_date = '2010-11-18', email = 'fatima@gezin.example' where person_id = ${world.people.fatima.id}`
    broker.clock.set(amsterdam('12:00'))
    expect(await tellWhoTurnedSixteen(broker.deps, world.boardId)).toBe(0)
    broker.clock.set('2026-11-18T00:05:00+01:00')
    expect(await tellWhoTurnedSixteen(broker.deps, world.boardId)).toBe(1)
    expect(await tellWhoTurnedSixteen(broker.deps, world.boardId)).toBe(0)
    expect(await mailsTo('fatima')).toMatchObject([{ runAt: new Date('2026-11-18T07:00:00+01:00') }])
  })
})
