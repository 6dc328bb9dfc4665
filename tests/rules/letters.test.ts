import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signInWithLetter } from '../../src/accounts/letter.ts'
import { recordAnswers } from '../../src/consents/answer.ts'
import { askForLetters } from '../../src/consents/ask-for-letters.ts'
import { forgetLetters, forgetOldLetters, lettersToPrint, peopleOf, runOf } from '../../src/consents/letter-runs.ts'
import { openConsentsOn } from '../../src/consents/store.ts'
import { inTransaction } from '../../src/database.ts'
import type { LetterRunId, PersonId, RoundId } from '../../src/ids.ts'
import { runLongWork } from '../../src/long-work.ts'
import { type Asking, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { ledgerOf, whileHeld } from '../support/held.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { addFamilies } from '../support/more-families.ts'
import { race, without } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
let kees: PersonId
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
  const [made] = await addFamilies(broker, world, [
    { given: 'Sem', group: 'Groep 7', guardians: [{ given: 'Kees' }, { given: 'Anna', email: 'anna@gezin.example' }] },
    { given: 'Lot', born: '2010-01-01', group: 'Groep 8', guardians: [{ given: 'Petra' }] },
    { given: 'Yara', group: 'Groep 8', guardians: [{ given: 'Samira', authority: 'unknown' }] },
  ])
  kees = made!.guardians[0]!
  await addFamilies(broker, world, [{ given: 'Roos', group: 'Groep 5', guardians: [{ id: kees, given: 'Kees' }] }])
}
beforeAll(begin)
afterAll(() => broker.close())
beforeEach(() => broker.clock.pass({ hours: 1 }))
afterEach(() => expectLedgerWhole(broker, world.boardId))

const joost = () => world.people.joost.actor
const names = (people: { name: string }[]) => people.map(({ name }) => name)
const ask = (roundId: RoundId, again = false, actor = joost()) => askForLetters(broker.deps, actor, { roundId, again })
const print = (runId: LetterRunId, actor = joost()) =>
  inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, async (tx) => {
    const run = await runOf(tx, actor, runId)
    const people = await peopleOf(tx, run)
    const of = (wanted: string) => people.filter(({ outcome }) => outcome === wanted).map(({ personId }) => personId)
    return {
      letters: await lettersToPrint(tx, broker.deps, run, of('made'), broker.clock.now()),
      kept: of('kept'),
      ownFamily: of('own_family'),
    }
  })
const make = async (roundId: RoundId, { again = false, actor = joost() } = {}) => {
  const runId = await ask(roundId, again, actor)
  await runLongWork(broker.deps)
  return await print(runId, actor)
}
const enter = (code: string) => signInWithLetter(broker.deps, { code, network: 'n', language: 'nl', device: 'Firefox' } as never)

describe('Letters for who has no e-mail', () => {
  test('one for each decider whom no mail reaches, with all the pupils it is about; a pupil of sixteen gets their own', async () => {
    const { roundId } = await they.round([imageItem('schuur'), imageItem('erf')])
    const { letters } = await make(roundId)
    expect(letters.map(({ name, pupils }) => [name, names(pupils)])).toEqual([
      ['Kees Jansen', ['Roos Jansen', 'Sem Jansen']],
      ['Lot Jansen', ['Lot Jansen']],
    ])
    const kept = JSON.stringify([await broker.owner`select * from invitations`, await broker.owner`select body from ledger`])
    expect(kept, 'the code stands nowhere but in the letter').not.toContain(letters[0]!.code)
    expect((await they.ledgerOf(kees)).at(-1)).toMatchObject({ event: 'invitation_made', actor: `person:${world.people.joost.id}` })
  })

  test('with the code they answer, once; who answered and who has an account gets no letter', async () => {
    const { roundId } = await they.round([imageItem('loods')])
    const { letters } = await make(roundId)
    await enter(letters[0]!.code)
    await expect(enter(letters[0]!.code)).rejects.toThrow('invitation_invalid')
    expect(names((await make(roundId, { again: true })).letters)).toEqual(['Lot Jansen'])
  })

  const unheld = { 'where two make them at once': without(/(?<=from "rounds"[\s\S]*) for no key update/) }
  race(
    'two who make them at once do not end each other’s codes: one makes all, the other sees who has one',
    unheld,
    async () => {
      const { roundId } = await they.round([imageItem('toren')])
      const { mirjam } = world.people
      const [mine, theirs] = [await ask(roundId), await ask(roundId, false, mirjam.actor)]
      const work = () => runLongWork(broker.deps, { atOnce: 1 })
      await whileHeld(broker, ledgerOf(world.boardId), [work, work])
      const [one, two] = [await print(mine), await print(theirs, mirjam.actor)]
      const [maker, other] = one.letters.length > 0 ? [one, two] : [two, one]
      expect(other.letters).toEqual([])
      expect(other.kept).toEqual(maker.letters.map(({ personId }) => personId))
      await enter(maker.letters[0]!.code)
    },
    begin,
  )

  test('who prints them twice prints the same; what was followed by a newer, let go of or left for a day is printed no more', async () => {
    const { roundId } = await they.round([imageItem('plein')])
    const runId = await ask(roundId, true)
    await runLongWork(broker.deps)
    const { letters } = await print(runId)
    expect(letters.length).toBeGreaterThan(0)
    expect((await print(runId)).letters).toEqual(letters)
    await expect(print(runId, world.people.mirjam.actor), 'nobody else').rejects.toThrow('not_found')
    const newer = await ask(roundId, true)
    await runLongWork(broker.deps)
    expect((await print(runId)).letters, 'a colleague made newer ones').toEqual([])
    await forgetLetters(broker.deps, joost(), newer)
    await expect(print(newer)).rejects.toThrow('not_found')
    broker.clock.pass({ hours: 25 })
    await forgetOldLetters(broker.deps, world.boardId)
    await expect(print(runId)).rejects.toThrow('not_found')
  })

  test('a process that dies in the middle leaves the rest to the next, and nobody gets two', async () => {
    await addFamilies(
      broker,
      world,
      Array.from({ length: 55 }, (_, nr) => ({ given: `Kind ${nr}`, group: 'Groep 4', guardians: [{ given: `Ouder ${nr}` }] })),
    )
    const { roundId } = await they.round([imageItem('brug')])
    const runId = await ask(roundId, true)
    let turns = 0
    const dying = new Proxy(broker.deps, {
      get: (deps, name) => (name === 'secret' && ++turns > 1 ? undefined : deps[name as keyof typeof deps]),
    })
    await runLongWork(dying)
    const halfway = (await print(runId)).letters
    expect(halfway.length).toBe(50)
    broker.clock.pass({ minutes: 30 })
    await runLongWork(broker.deps)
    const { letters } = await print(runId)
    expect(letters.length).toBeGreaterThanOrEqual(55)
    expect(letters.filter(({ personId }) => halfway.some((one) => one.personId === personId))).toEqual(halfway)
    const [twice] =
      await broker.owner`select person_id from invitations i join rounds r on r.round_id = ${roundId} and i.made_at >= r.published_at
      where i.email is null group by person_id having count(*) > 1`
    expect(twice).toBeUndefined()
  })

  test('a newer letter ends the older', async () => {
    const { roundId } = await they.round([imageItem('kelder')])
    const [older, newer] = [(await make(roundId)).letters[0]!, (await make(roundId, { again: true })).letters[0]!]
    await expect(enter(older.code)).rejects.toThrow('invitation_invalid')
    await enter(newer.code)
  })

  test('not by who may not record answers, nor for who is not asked, nor before the round is open', async () => {
    const { roundId } = await they.round([imageItem('molen')])
    await expect(ask(roundId, false, world.people.pim.actor)).rejects.toThrow('mandate_missing')
    await broker.owner`update rounds set opens_at = ${new Date(broker.clock.now().getTime() + 1000)} where round_id = ${roundId}`
    await expect(ask(roundId)).rejects.toThrow('round_not_open')
  })

  test('nobody prints one for their own family: it is left to a colleague', async () => {
    const { roundId } = await they.round([imageItem('wei')])
    const { joost: me, nadia } = world.people
    await broker.owner`delete from account_persons where person_id = ${world.people.karim.id}`
    await broker.owner`update persons set email = null where person_id = ${world.people.karim.id}`
    await broker.owner`update account_persons set account_id = ${me.account} where person_id = ${nadia.id}`
    const { letters, ownFamily } = await make(roundId)
    expect(names(letters)).not.toContain('Karim Amrani')
    expect(ownFamily).toEqual([world.people.karim.id])
    expect(names((await make(roundId, { actor: world.people.mirjam.actor })).letters)).toContain('Karim Amrani')
    await broker.owner`update account_persons set account_id = ${nadia.account} where person_id = ${nadia.id}`
  })

  test('where both must say yes, the answer of one leaves the letter to the other; not after a no', async () => {
    const [mees] = await addFamilies(broker, world, [
      { given: 'Mees', group: 'Groep 3', guardians: [{ given: 'Ruud' }, { given: 'Olga', email: 'olga@gezin.example' }] },
    ])
    const { roundId, itemIds } = await they.round([{ ...imageItem('dak'), rule: 'all' }])
    const open = await they.as('staff', (tx) => openConsentsOn(tx, world.boardId, itemIds))
    const { consentId } = open.find(({ question }) => question.subject.personId === mees!.id)!
    const byPhone = async (answer: 'yes' | 'no', seen: number) => {
      const { hash } = await they.shown(consentId)
      const replies = [{ consentId, answer, shownHash: hash, language: 'nl', seen } as const]
      await recordAnswers(broker.deps, joost(), { deciderId: mees!.guardians[1]!, method: 'phone', replies })
    }
    await byPhone('yes', 0)
    expect(names((await make(roundId)).letters)).toContain('Ruud Jansen')
    await byPhone('no', 1)
    expect(names((await make(roundId, { again: true })).letters)).not.toContain('Ruud Jansen')
  })
})
