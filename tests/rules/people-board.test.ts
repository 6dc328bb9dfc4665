import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { inTransaction } from '../../src/database.ts'
import { type AccountId, newId } from '../../src/ids.ts'
import { verifyChain } from '../../src/ledger/verify.ts'
import { addSchool, createBoard, type NewBoard, newBoard } from '../../src/people/create-board.ts'
import { acceptInvitation } from '../../src/people/invitations.ts'
import { mandatesOf } from '../../src/people/mandates.ts'
import { boardById } from '../../src/people/store.ts'
import { freshBroker, type TestBroker } from '../support/broker.ts'

let broker: TestBroker
beforeAll(async () => {
  broker = await freshBroker()
})
afterAll(() => broker.close())

const waterlelie: NewBoard = {
  name: 'Stichting De Waterlelie Onderwijs',
  oin: '00000099999999990001',
  schools: [
    { name: 'De Regenboog', brin: '99ZA', sector: 'po' },
    { name: 'Lyceum De Brug', brin: '99ZC01', sector: 'vo' },
  ],
  administrator: { givenName: 'Mirjam', familyName: 'Smit', email: 'Mirjam.Smit@Waterlelie.example' },
}

describe('The operator takes in a board', () => {
  test('with its schools and an administrator, who comes in by invitation', async () => {
    const { boardId, personId, schoolIds, invitation } = await createBoard(broker.deps, waterlelie)
    expect(schoolIds).toHaveLength(2)
    const account = newId<AccountId>(broker.clock.now())
    await broker.db
      .insertInto('accounts')
      .values({ account_id: account, email: 'mirjam.smit@waterlelie.example', created_at: broker.clock.now() })
      .execute()
    expect(await acceptInvitation(broker.deps, account, invitation)).toEqual({ boardId, personId })
    const scope = { actor: 'staff', boards: [boardId] } as const
    await inTransaction(broker.db, { ...scope, boards: [boardId] }, async (tx) => {
      expect(await boardById(tx, boardId)).toMatchObject({ name: waterlelie.name, decisionRule: 'veto', atSixteen: 'carry_over' })
      expect(await mandatesOf(tx, boardId, personId, broker.clock.now())).toMatchObject([{ role: 'administrator', schoolId: null }])
      expect(await verifyChain(tx, `${boardId}:organisation`)).toMatchObject({ whole: true, entries: 4 })
    })
    const directory = await broker.db.selectFrom('board_directory').select(['scheme', 'value', 'board_id']).orderBy('value').execute()
    expect(directory).toEqual([
      { scheme: 'OIN', value: '00000099999999990001', board_id: boardId },
      { scheme: 'BRIN', value: '99ZA', board_id: boardId },
      { scheme: 'BRIN', value: '99ZC01', board_id: boardId },
    ])
  })

  test('once: an OIN or BRIN that is registered is refused, and nothing of it stays', async () => {
    const count = () => broker.owner`select count(*)::int from boards`
    const before = await count()
    await expect(createBoard(broker.deps, waterlelie)).rejects.toMatchObject({ code: 'already_registered' })
    await expect(createBoard(broker.deps, { ...waterlelie, oin: '00000099999999990002' })).rejects.toMatchObject({
      code: 'already_registered',
    })
    expect(await count()).toEqual(before)
  })

  test('a school can be added later', async () => {
    const [board] = await broker.owner`select board_id from boards`
    await addSchool(broker.deps, board!.board_id, { name: 'Het Kompas', brin: '99ZB', sector: 'so' })
    const [again, place] = [{ brin: '99ZA' }, { brin: '99ZD', location: '99ZD01', rio: '999A104' }]
    await expect(addSchool(broker.deps, board!.board_id, { name: 'Nog een', sector: 'so', ...again })).rejects.toMatchObject({
      code: 'already_registered',
    })
    const schoolId = await addSchool(broker.deps, board!.board_id, { name: 'De Vliet', sector: 'sbo', ...place })
    expect(await broker.owner`select brin, location, rio, sector from schools where school_id = ${schoolId}`).toEqual([
      { ...place, sector: 'sbo' },
    ])
    expect(await broker.owner`select value from board_directory where school_id = ${schoolId} order by value`).toEqual([
      { value: '99ZD' },
      { value: '99ZD01' },
    ])
  })

  test.each([
    [{ ...waterlelie, oin: '123' }, 'oin'],
    [{ ...waterlelie, schools: [] }, 'schools'],
    [{ ...waterlelie, schools: [{ name: 'X', brin: '99za', sector: 'po' }] }, 'schools.0.brin'],
    [{ ...waterlelie, schools: [{ name: 'X', brin: '99ZA', location: '99ZB00', sector: 'po' }] }, 'schools.0.location'],
    [{ ...waterlelie, schools: [{ name: 'X', brin: '99ZA', rio: '99ZA00', sector: 'po' }] }, 'schools.0.rio'],
    [{ ...waterlelie, administrator: { ...waterlelie.administrator, email: 'mirjam' } }, 'administrator.email'],
    [{ ...waterlelie, extra: 1 }, ''],
  ])('what is not well formed is named: %#', (input, path) => {
    expect(newBoard.safeParse(input).error?.issues.map((issue) => issue.path.join('.'))).toEqual([path])
  })
})
