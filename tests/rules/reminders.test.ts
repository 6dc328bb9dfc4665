import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { remindByItself, remindRound } from '../../src/consents/remind.ts'
import { tellRounds } from '../../src/consents/tell-rounds.ts'
import type { RoundId } from '../../src/ids.ts'
import { runLongWork } from '../../src/long-work.ts'
import { deliverMails } from '../../src/notifications/deliver-mail.ts'
import { type Asking, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { instead, raceFrom } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())
beforeEach(async () => {
  broker.clock.pass({ days: 30 })
  await broker.settled()
  await broker.owner`update rounds set ends_at = greatest(${broker.clock.now()}, starts_at + interval '1 day')` // the rounds of the tests before this one are over
})
afterEach(() => expectLedgerWhole(broker, world.boardId))

const mirjam = () => world.people.mirjam.actor
/** Who is mailed a reminder in what is done. */
const remindedBy = async (work: () => Promise<unknown>): Promise<string[]> => {
  const before = broker.mails.length
  await work()
  await broker.settled()
  await runLongWork(broker.deps)
  await deliverMails(broker.deps)
  return broker.mails
    .slice(before)
    .filter(({ subject }) => subject.startsWith('Er wacht nog een vraag'))
    .map(({ to }) => to)
    .sort()
}
const remind = (roundId: RoundId) => remindedBy(() => remindRound(broker.deps, mirjam(), roundId))
const { nadia, karim } = { nadia: 'nadia@gezin.example', karim: 'karim@gezin.example' }

describe('A reminder goes to who has not answered, and to nobody else', () => {
  test('to both parents while nobody answered; it stops after an answer, of either', async () => {
    const { roundId, consentIds } = await they.round([imageItem('a1')])
    expect(await remind(roundId)).toEqual([karim, nadia])
    await they.answer(world.people.nadia, consentIds[0]!, 'yes')
    broker.clock.pass({ days: 4 })
    expect(await remind(roundId)).toEqual([])
  })

  race(
    'not even when it was written before, and the mail server was down until after the answer',
    { 'where what waits is sent as it was written': { statements: /c\.revision = 0 or /, become: 'true or ' } },
    async () => {
      const { roundId, consentIds } = await they.round([imageItem('w1')])
      const up = broker.deps.sendMail
      broker.deps.sendMail = () => Promise.reject(new Error('down'))
      expect(await remind(roundId)).toEqual([])
      await they.answer(world.people.nadia, consentIds[0]!, 'yes')
      broker.deps.sendMail = up
      broker.clock.pass({ minutes: 5 })
      expect(await remindedBy(async () => {})).toEqual([])
      const kept = await broker.owner`select from deliveries where reminds is not null and (done_at is null or payload is not null)`
      expect(kept, 'and it does not wait for ever').toHaveLength(0)
    },
  )

  test('nor about who has left the school or group that it was asked of', async () => {
    const { roundId } = await they.round([imageItem('l1')])
    const [before] = await broker.owner`select ends_at from enrolments where enrolment_id = ${world.tenures.fatima!}`
    await broker.owner`update enrolments set ends_at = ${broker.clock.now()} where enrolment_id = ${world.tenures.fatima!}`
    expect(await remind(roundId)).toEqual([])
    await broker.owner`update enrolments set ends_at = ${before!.ends_at} where enrolment_id = ${world.tenures.fatima!}`
  })

  test('never after a refusal, of oneself or the other parent (D01)', async () => {
    const { roundId, consentIds } = await they.round([imageItem('b1')])
    await they.answer(world.people.nadia, consentIds[0]!, 'no')
    expect(await remind(roundId)).toEqual([])
  })

  test('where both must say yes, the one who has not is reminded; not after a no', async () => {
    const { roundId, consentIds } = await they.round([
      { ...imageItem('c1'), rule: 'all' },
      { ...imageItem('c2'), rule: 'any' },
    ])
    await they.answer(world.people.nadia, consentIds[0]!, 'yes')
    await they.answer(world.people.nadia, consentIds[1]!, 'yes')
    broker.clock.pass({ days: 1 }) // today Karim was told three times
    expect(await remind(roundId)).toEqual([karim])
    await they.answer(world.people.karim, consentIds[0]!, 'no')
    broker.clock.pass({ days: 4 })
    expect(await remind(roundId)).toEqual([])
    const any = await they.round([{ ...imageItem('c3'), rule: 'any' }])
    await they.answer(world.people.nadia, any.consentIds[0]!, 'no')
    expect(await remind(any.roundId)).toEqual([])
  })

  test('not twice within three days', async () => {
    const { roundId } = await they.round([imageItem('d1')])
    await remind(roundId)
    broker.clock.pass({ days: 2 })
    await expect(remindRound(broker.deps, mirjam(), roundId)).rejects.toThrow('reminded_lately')
    broker.clock.pass({ days: 1 })
    expect(await remind(roundId)).toEqual([karim, nadia])
  })

  test('who has no mandate reminds nobody, and nobody is reminded of a draft', async () => {
    const { roundId } = await they.round([imageItem('e1')])
    await expect(remindRound(broker.deps, world.people.pim.actor, roundId)).rejects.toThrow('mandate_missing')
  })
})

describe('Never in quiet hours', () => {
  test('asked for at ten in the evening it goes out at seven, to who has not answered by then', async () => {
    const { roundId, consentIds } = await they.round([imageItem('f1')])
    const night = new Date(broker.clock.now())
    night.setUTCHours(21, 30)
    broker.clock.set(night)
    expect(await remind(roundId)).toEqual([])
    await expect(remindRound(broker.deps, mirjam(), roundId)).rejects.toThrow('reminded_lately')
    broker.clock.pass({ hours: 7 })
    await they.answer(world.people.karim, consentIds[0]!, 'yes')
    expect(await remindedBy(() => remindByItself(broker.deps, world.boardId))).toEqual([])
    broker.clock.pass({ hours: 3 })
    expect(await remindedBy(() => remindByItself(broker.deps, world.boardId)), 'Karim said yes at breakfast').toEqual([])

    const again = await they.round([imageItem('f2')])
    night.setUTCDate(night.getUTCDate() + 1)
    broker.clock.set(night)
    await remindRound(broker.deps, mirjam(), again.roundId)
    await broker.settled()
    broker.clock.pass({ hours: 11 })
    expect(await remindedBy(() => remindByItself(broker.deps, world.boardId))).toEqual([karim, nadia])
  })
})

describe('By itself', () => {
  test('due in the night it waits for the morning', async () => {
    await they.round([imageItem('i1')])
    await broker.settled()
    const night = new Date(broker.clock.now().getTime() + 8 * 86_400_000)
    night.setUTCHours(1, 30)
    broker.clock.set(night)
    const send = () => remindedBy(() => remindByItself(broker.deps, world.boardId))
    expect(await send()).toEqual([])
    broker.clock.pass({ hours: 8 })
    expect(await send()).toEqual([karim, nadia])
  })

  test('a week and three weeks after it was told, and then no more', async () => {
    const { roundId } = await they.round([imageItem('g1')])
    await broker.settled()
    await tellRounds(broker.deps, world.boardId)
    const reminders = []
    for (let days = 0; days < 60; days++) {
      broker.clock.pass({ days: 1 })
      if ((await remindedBy(() => remindByItself(broker.deps, world.boardId))).length > 0) reminders.push(days + 1)
    }
    expect(reminders).toEqual([7, 21])
    const entries = (await they.ledgerOf(roundId)).filter(({ event }) => event === 'round_reminded')
    expect(entries.map(({ actor, facts }) => [actor, facts.mails])).toEqual([
      ['job', 2],
      ['job', 2],
    ])
  })

  const remindedTwice = {
    'where what was reminded is reminded again': [
      {
        schema: `create function keyless() returns trigger language plpgsql as $$ begin new.dedup_key := null; return new; end $$;
          create trigger keyless before insert on jobs for each row execute function keyless()`,
      },
      instead(/"reminders" = (\$\d+)/, '$1::int is not null'),
    ],
  }
  race('two processes at once send one reminder', remindedTwice, async () => {
    await they.round([imageItem('h1')])
    await broker.settled()
    broker.clock.pass({ days: 8 })
    const both = await remindedBy(() =>
      Promise.all([remindByItself(broker.deps, world.boardId), remindByItself(broker.deps, world.boardId)]),
    )
    expect(both).toEqual([karim, nadia])
  })
})
