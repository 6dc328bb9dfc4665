import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { signInWithLetter } from '../../src/accounts/letter.ts'
import { sha256 } from '../../src/canonical.ts'
import { makeLetters } from '../../src/consents/letters.ts'
import type { PersonId, RoundId } from '../../src/ids.ts'
import { paperCodeOf } from '../../src/people/paper-code.ts'
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
const make = (roundId: RoundId, more: { personIds?: PersonId[]; again?: boolean } = {}) =>
  makeLetters(broker.deps, joost(), { roundId, ...more })
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
      const made = await whileHeld(broker, ledgerOf(world.boardId), [() => make(roundId), () => make(roundId)])
      const all = made.map((one) => (one as PromiseFulfilledResult<Awaited<ReturnType<typeof make>>>).value)
      const [maker, other] = all[0]!.letters.length > 0 ? [all[0]!, all[1]!] : [all[1]!, all[0]!]
      expect(other.letters).toEqual([])
      expect(names(other.kept)).toEqual(names(maker.letters))
      await enter(maker.letters[0]!.code)
    },
    begin,
  )

  test('the same press twice makes the same letters, and says so once in the ledger', async () => {
    const { roundId } = await they.round([imageItem('plein')])
    const codeFor = (personId: PersonId) => paperCodeOf(Buffer.from(sha256(`${roundId} ${personId}`)))
    const press = (again: boolean) => makeLetters(broker.deps, joost(), { roundId, again, codeFor })
    const told = async () => (await broker.owner`select from ledger where event = 'invitation_made'`).length
    const before = await told()
    const { letters } = await press(true)
    expect(letters.length).toBeGreaterThan(0)
    expect((await press(true)).letters.map(({ code }) => code)).toEqual(letters.map(({ code }) => code))
    expect((await press(false)).letters.map(({ code }) => code)).toEqual(letters.map(({ code }) => code))
    expect((await told()) - before).toBe(letters.length)
    await make(roundId, { again: true })
    await expect(press(true), 'a colleague made newer ones').rejects.toThrow('form_used')
  })

  test('a newer letter ends the older', async () => {
    const { roundId } = await they.round([imageItem('kelder')])
    const [older, newer] = [(await make(roundId)).letters[0]!, (await make(roundId, { again: true })).letters[0]!]
    await expect(enter(older.code)).rejects.toThrow('invitation_invalid')
    await enter(newer.code)
  })

  test('not by who may not record answers, nor for who is not asked, nor before the round is open', async () => {
    const { roundId } = await they.round([imageItem('molen')])
    await expect(makeLetters(broker.deps, world.people.pim.actor, { roundId })).rejects.toThrow('mandate_missing')
    await expect(make(roundId, { personIds: [world.people.sara.id] })).rejects.toThrow('person_not_found')
    await broker.owner`update rounds set opens_at = ${new Date(broker.clock.now().getTime() + 1000)} where round_id = ${roundId}`
    await expect(make(roundId)).rejects.toThrow('round_not_open')
  })

  test('nobody prints one for their own family: it is left to a colleague', async () => {
    const { roundId } = await they.round([imageItem('wei')])
    const { joost: me, nadia } = world.people
    await broker.owner`delete from account_persons where person_id = ${world.people.karim.id}`
    await broker.owner`update persons set email = null where person_id = ${world.people.karim.id}`
    await broker.owner`update account_persons set account_id = ${me.account} where person_id = ${nadia.id}`
    const { letters, ownFamily } = await make(roundId)
    expect(names(letters)).not.toContain('Karim Amrani')
    expect(names(ownFamily)).toEqual(['Karim Amrani'])
    expect(names((await makeLetters(broker.deps, world.people.mirjam.actor, { roundId })).letters)).toContain('Karim Amrani')
    await broker.owner`update account_persons set account_id = ${nadia.account} where person_id = ${nadia.id}`
  })
})
