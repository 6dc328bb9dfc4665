import fc from 'fast-check'
import { sql } from 'kysely'
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { recordAnswer } from '../../src/consents/answer.ts'
import { invalidateConsent } from '../../src/consents/invalidate.ts'
import { progressByGroup, progressOfGroup, progressOfStaff } from '../../src/consents/progress.ts'
import { withdrawConsent } from '../../src/consents/withdraw.ts'
import { type GuardianshipId, newId, type PersonId, type RoundId } from '../../src/ids.ts'
import { nobodyMayAnswer, withAuthority } from '../../src/people/nobody-may-answer.ts'
import { subjectFacts } from '../../src/people/store.ts'
import { whoMayAnswer } from '../../src/people/who-may-answer.ts'
import { type Asking, arithmeticItem, asking, imageItem } from '../support/asking.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { expectLedgerWhole } from '../support/ledger.ts'
import { addFamilies } from '../support/more-families.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
let they: Asking
beforeAll(async () => {
  broker = await freshBroker()
  world = await smallWorld(broker)
  they = asking(broker, world)
  await addFamilies(broker, world, [
    { given: 'Sem', group: 'Groep 7', guardians: [{ given: 'Kees', email: 'kees@gezin.example' }] },
    { given: 'Yara', group: 'Groep 7', guardians: [{ given: 'Samira', authority: 'unknown' }] },
    { given: 'Zonder', group: null, born: null },
  ])
})
afterAll(() => broker.close())
beforeEach(() => broker.clock.pass({ minutes: 1 }))
afterEach(() => expectLedgerWhole(broker, world.boardId))

const byGroup = (roundId: RoundId) => they.as('staff', (tx) => progressByGroup(tx, world.boardId, roundId, broker.clock.now(), null))
const ofGroup = (roundId: RoundId, groupName: string | null) =>
  they.as('staff', (tx) => progressOfGroup(tx, world.boardId, roundId, { schoolId: world.schoolId, groupName }, broker.clock.now()))

describe('How far a round is (D10: counts, not answers)', () => {
  test('by group: asked, answered, conflict, and nobody to ask; what is only told does not count', async () => {
    const told = arithmeticItem(world, { legalBasis: 'public_task', purpose: '5.1.d' })
    const { roundId, consentIds } = await they.round([imageItem('raam'), imageItem('deur'), told])
    const none = { answered: 0, conflicts: 0, done: 0 }
    expect(await byGroup(roundId)).toMatchObject([
      { school: 'De Regenboog', groupName: 'Groep 6', pupils: 1, asked: 2, nobody: 0, ...none },
      { groupName: 'Groep 7', pupils: 2, asked: 4, nobody: 1, ...none },
      { groupName: null, pupils: 1, asked: 2, nobody: 1, ...none },
    ])
    const { nadia, karim } = world.people
    await they.answer(nadia, consentIds[0]!, 'yes')
    await they.answer(karim, consentIds[0]!, 'no')
    await they.answer(nadia, consentIds[1]!, 'no')
    expect((await byGroup(roundId))[0]).toMatchObject({ asked: 2, answered: 2, conflicts: 1, done: 1 })
    expect(await ofGroup(roundId, 'Groep 6')).toMatchObject([{ name: 'Fatima Amrani', asked: 2, answered: 2, conflicts: 1, nobody: false }])
    expect(await ofGroup(roundId, 'Groep 7')).toMatchObject([
      { name: 'Sem Jansen', nobody: false },
      { name: 'Yara Jansen', nobody: true },
    ])
    await they.answer(karim, consentIds[0]!, 'yes')
    expect((await byGroup(roundId))[0]).toMatchObject({ answered: 2, conflicts: 0 })
  })

  test('what was withdrawn was answered; what was entered by mistake was not', async () => {
    const { roundId, consentIds } = await they.round([imageItem('trap'), imageItem('kast')])
    const { nadia, joost } = world.people
    for (const consentId of consentIds) await they.answer(nadia, consentId, 'yes')
    await withdrawConsent(broker.deps, nadia.actor, consentIds[0]!)
    await invalidateConsent(broker.deps, joost.actor, { consentId: consentIds[1]!, because: 'verkeerd kind' })
    expect((await byGroup(roundId))[0]).toMatchObject({ asked: 2, answered: 1 })
  })

  test('within the schools of whoever looks, and of staff only the whole', async () => {
    const { roundId } = await they.round([imageItem('zaal')])
    const nowhere = await they.as('staff', (tx) => progressByGroup(tx, world.boardId, roundId, broker.clock.now(), []))
    expect(nowhere).toEqual([])
    expect(await they.as('staff', (tx) => progressOfStaff(tx, world.boardId, roundId))).toEqual({ people: 4, asked: 4, answered: 0 })
  })

  test('an answer on paper counts as any other', async () => {
    const { roundId, consentIds } = await they.round([imageItem('balie')])
    const { hash } = await they.shown(consentIds[0]!)
    await recordAnswer(broker.deps, world.people.joost.actor, {
      consentId: consentIds[0]!,
      deciderId: world.people.karim.id,
      answer: 'no',
      method: 'paper',
      shownHash: hash,
      language: 'nl',
    })
    expect((await byGroup(roundId))[0]).toMatchObject({ asked: 1, answered: 1, done: 1 })
  })
})

test('whether nobody may answer is the same in SQL as in whoMayAnswer (P01, P27)', { timeout: 60_000 }, async () => {
  const at = broker.clock.now()
  const day = (days: number) => new Date(at.getTime() + days * 86_400_000)
  const interval = fc.record({
    guardian: fc.nat({ max: 1 }),
    kind: fc.constantFrom('parent', 'curator', 'mentor', 'foster'),
    authority: fc.constantFrom('yes', 'no', 'unknown'),
    from: fc.constantFrom(-20, -10, 5),
    until: fc.constantFrom(null, -5, 10),
  })
  const pupil = fc.record({
    born: fc.constantFrom(null, '2010-11-15', '2010-11-16', '2010-11-17', '2018-02-28', '2008-02-29', '1999-01-01'),
    intervals: fc.array(interval, { maxLength: 3 }),
  })
  const guardians = await addFamilies(broker, world, [{ given: 'Een' }, { given: 'Twee' }])
  await fc.assert(
    fc.asyncProperty(fc.array(pupil, { minLength: 1, maxLength: 12 }), async (pupils) => {
      const ids: PersonId[] = []
      for (const { born, intervals } of pupils) {
        const [made] = await addFamilies(broker, world, [{ given: 'Kind', born, group: 'Proef' }])
        ids.push(made!.id)
        for (const { guardian, kind, authority, from, until } of intervals) {
          if (until !== null && until < from) continue
          await broker.owner`insert into guardianships (board_id, guardianship_id, guardian_id, pupil_id, kind, authority, source, starts_at, ends_at)
            values (${world.boardId}, ${newId<GuardianshipId>(at)}, ${guardians[guardian]!.id}, ${made!.id}, ${kind}, ${authority}, 'staff',
              ${day(from)}, ${until === null ? null : day(until)}) on conflict do nothing`
        }
      }
      await they.as('job', async (tx) => {
        const { rows } = await sql<{ person_id: PersonId; nobody: boolean }>`
          select p.person_id, ${nobodyMayAnswer(at)} as nobody from persons p ${withAuthority(world.boardId, at)}
          where p.board_id = ${world.boardId} and p.person_id = any(${ids}::uuid[])`.execute(tx)
        const facts = await subjectFacts(tx, world.boardId, ids)
        for (const { person_id, nobody } of rows) expect(nobody).toBe(!whoMayAnswer(facts.get(person_id)!, at).known)
      })
    }),
    { numRuns: 25 },
  )
})
