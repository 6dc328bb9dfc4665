import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inTransaction } from '../../src/database.ts'
import { cancelLinkCode, linkCodesFor, makeLinkCode, standingLinkCode } from '../../src/requests/link-codes.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'
import { raceFrom, staffSee } from '../support/race.ts'
import { type SmallWorld, smallWorld } from '../support/world.ts'

let broker: TestBroker
let world: SmallWorld
async function begin() {
  broker = await freshBroker()
  world = await smallWorld(broker)
}
beforeAll(begin)
const race = raceFrom(begin)
afterAll(() => broker.close())

const make = () => makeLinkCode(broker.deps, world.people.nadia.actor, { subjectId: world.people.fatima.id, supplierId: world.supplierId })
const standing = (code: string, supplierId = world.supplierId) => standingLinkCode(broker.db, supplierId, code, broker.clock.now())

describe('K12 a parent hands a supplier a link code for one child', () => {
  test('it stands for that supplier and for nobody else, and the database does not hold it', async () => {
    const { code } = await make()
    expect(await standing(code)).toMatchObject({ subjectId: world.people.fatima.id, madeBy: world.people.nadia.id })
    expect(await standing(code, world.publisherId)).toBeUndefined()
    const [{ count } = { count: 0 }] = await broker.owner`select count(*)::int from handles where handle like ${`%${code}%`}`
    expect(count).toBe(0)
  })

  test('either parent sees it and can cancel it; then it opens nothing', async () => {
    const { code, linkCodeId } = await make()
    const seen = await inTransaction(broker.db, { actor: 'account', boards: [world.boardId] }, (tx) =>
      linkCodesFor(tx, world.boardId, [world.people.fatima.id], broker.clock.now()),
    )
    expect(seen.map((linkCode) => linkCode.linkCodeId)).toContain(linkCodeId)
    await cancelLinkCode(broker.deps, world.people.karim.actor, linkCodeId)
    expect(await standing(code)).toBeUndefined()
    await cancelLinkCode(broker.deps, world.people.nadia.actor, linkCodeId)
    const told = await broker.owner`select count(*)::int from ledger where event = 'link_code_cancelled'`
    expect(told, 'cancelled once').toMatchObject([{ count: 1 }])
  })

  test('it runs out after fourteen days', async () => {
    const { code } = await make()
    broker.clock.pass({ days: 14 })
    expect(await standing(code)).toBeUndefined()
  })

  test('somebody who may not answer for the child makes none and cancels none', async () => {
    const { linkCodeId } = await make()
    const teacher = world.people.pim.actor
    const making = makeLinkCode(broker.deps, teacher, { subjectId: world.people.fatima.id, supplierId: world.supplierId })
    await expect(making).rejects.toMatchObject({ code: 'person_not_found' })
    await expect(cancelLinkCode(broker.deps, teacher, linkCodeId)).rejects.toMatchObject({ code: 'link_code_not_found' })
  })

  test('what is sent to the database is the same for a code that stands, and for one that is unknown, foreign, cancelled or old', async () => {
    const sent = async (code: string, supplierId = world.supplierId) => {
      const statements: string[] = []
      broker.rewrite = (statement) => {
        statements.push(statement)
        return statement
      }
      await standing(code, supplierId)
      broker.rewrite = undefined
      return statements
    }
    const [stands, cancelled, old] = [await make(), await make(), await make()]
    await cancelLinkCode(broker.deps, world.people.nadia.actor, cancelled.linkCodeId)
    await broker.owner`update link_codes set expires_at = ${broker.clock.now()} where link_code_id = ${old.linkCodeId}`
    const statements = await sent(stands.code)
    expect(statements.length).toBeGreaterThan(2)
    expect(await sent('x'.repeat(43))).toEqual(statements)
    expect(await sent(stands.code, world.publisherId)).toEqual(statements)
    expect(await sent(cancelled.code)).toEqual(statements)
    expect(await sent(old.code)).toEqual(statements)
  })

  const seen = { 'where staff see the subject approach': staffSee('link_codes') }
  race('K14 the school has no sight of it', seen, async () => {
    await make()
    const seen = await inTransaction(broker.db, { actor: 'staff', boards: [world.boardId] }, (tx) =>
      tx.selectFrom('link_codes').select('link_code_id').execute(),
    )
    expect(seen).toEqual([])
  })

  test('a code of a parent who lost authority opens nothing', async () => {
    const { code } = await make()
    await broker.owner`update guardianships set ends_at = ${broker.clock.now()} where guardian_id = ${world.people.nadia.id}`
    expect(await standing(code)).toBeUndefined()
  })
})
