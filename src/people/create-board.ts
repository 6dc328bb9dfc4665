import { z } from 'zod'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type BoardId, type MandateId, newId, type PersonId, type SchoolId, type TenureId } from '../ids.ts'
import { append, type LedgerEntry } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { REAL_WORLD, type World } from '../worlds.ts'
import { invitationEntry, invite } from './invitations.ts'

export const newSchool = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    brin: z.string().regex(/^\d\d[A-Z]{2}(\d\d)?$/, 'is a BRIN: two digits, two capitals and, for a location, two digits'),
    sector: z.enum(['po', 'sbo', 'so', 'vo', 'mbo']),
    /** The code of its location, by which a roster or a supplier may name it too. */
    location: z
      .string()
      .regex(/^\d\d[A-Z]{2}\d\d$/, 'is the code of a location: the BRIN and two digits')
      .optional(),
    /** Its id in the register of educational institutions. */
    rio: z
      .string()
      .regex(/^\d{3}[A-Z]\d{3}$/, 'is a RIO id: three digits, a capital, three digits')
      .optional(),
  })
  .refine(({ brin, location }) => location?.startsWith(brin) ?? true, { path: ['location'], message: 'is a location of this BRIN' })
export type NewSchool = z.infer<typeof newSchool>

export const newBoard = z.strictObject({
  name: z.string().trim().min(1).max(200),
  oin: z.string().regex(/^\d{20}$/, 'is an OIN: twenty digits'),
  schools: z.array(newSchool).min(1),
  administrator: z.strictObject({
    givenName: z.string().trim().min(1).max(100),
    familyName: z.string().trim().min(1).max(100),
    email: z.email().transform((email) => email.toLowerCase()),
  }),
})
export type NewBoard = z.infer<typeof newBoard>

/**
 * The operator takes in a school board, with its schools and a first administrator, who gives all other mandates.
 * Does NOT check that the OIN and the BRINs really are the board's: the operator has.
 *
 * @returns the administrator's invitation code; hand it over, only its hash is kept
 * @throws Refusal `already_registered`
 */
export async function createBoard(
  { db, now }: Deps,
  { name, oin, schools, administrator }: NewBoard,
): Promise<{ boardId: BoardId; schoolIds: SchoolId[]; personId: PersonId; invitation: string }> {
  const at = now()
  const boardId = newId<BoardId>(at)
  return await inTransaction(db, { actor: 'operator', boards: [boardId] }, async (tx) => {
    const board = await insertBoard(tx, at, { boardId, name, oin, schools, administrator, world: REAL_WORLD })
    await enterInDirectory(tx, boardId, { scheme: 'OIN', value: oin, schoolId: null })
    for (const [nr, schoolId] of board.schoolIds.entries()) await enterSchool(tx, boardId, schoolId, schools[nr]!)
    const { personId } = board
    const invitation = await invite(tx, at, { boardId, personId })
    await append(tx, ...board.entries, invitationEntry(boardId, personId, at, 'operator'), {
      ...board.entries[0]!,
      boardId: null,
      approach: 'operator',
    })
    return { boardId, schoolIds: board.schoolIds, personId, invitation }
  })
}

interface BoardToInsert extends Omit<NewBoard, 'administrator'> {
  boardId: BoardId
  administrator: Omit<NewBoard['administrator'], 'email'> & { email: string | null }
  world: World
}

/**
 * Puts a board there with its schools and its first administrator, whom nobody invited. Does NOT enter it in the directory,
 * nor write in the ledger: the caller appends the entries.
 */
export async function insertBoard(
  tx: Tx,
  at: Date,
  { boardId, name, oin, schools, administrator, world }: BoardToInsert,
): Promise<{ schoolIds: SchoolId[]; personId: PersonId; entries: LedgerEntry[] }> {
  const personId = newId<PersonId>(at)
  const mandateId = newId<MandateId>(at)
  await tx.insertInto('boards').values({ board_id: boardId, name, oin, created_at: at, world }).execute()
  const schoolIds: SchoolId[] = []
  for (const school of schools) schoolIds.push(await insertSchool(tx, boardId, school, at))
  await tx
    .insertInto('persons')
    .values({
      board_id: boardId,
      person_id: personId,
      given_name: administrator.givenName,
      family_name: administrator.familyName,
      email: administrator.email?.toLowerCase() ?? null,
      created_at: at,
    })
    .execute()
  await tx
    .insertInto('employments')
    .values({ board_id: boardId, employment_id: newId<TenureId>(at), person_id: personId, starts_at: at })
    .execute()
  await tx
    .insertInto('mandates')
    .values({ board_id: boardId, mandate_id: mandateId, person_id: personId, role: 'administrator', starts_at: at })
    .execute()
  const entry = { boardId, approach: 'organisation', at, actor: 'operator' } as const
  const entries: LedgerEntry[] = [
    { ...entry, event: 'board_created', ref: boardId, facts: { oin, schoolIds, personId } },
    { ...entry, event: 'mandate_given', ref: mandateId, facts: { personId, role: 'administrator' } },
  ]
  return { schoolIds, personId, entries }
}

/** A school of a board that is there already: a roster only takes in pupils of schools that the operator entered. @throws Refusal `already_registered` */
export async function addSchool({ db, now }: Deps, boardId: BoardId, school: NewSchool): Promise<SchoolId> {
  const at = now()
  return await inTransaction(db, { actor: 'operator', boards: [boardId] }, async (tx) => {
    const schoolId = await insertSchool(tx, boardId, school, at)
    await enterSchool(tx, boardId, schoolId, school)
    await append(tx, {
      boardId,
      approach: 'organisation',
      at,
      event: 'school_added',
      actor: 'operator',
      ref: schoolId,
      facts: { brin: school.brin },
    })
    return schoolId
  })
}

async function insertSchool(tx: Tx, boardId: BoardId, school: NewSchool, at: Date): Promise<SchoolId> {
  const schoolId = newId<SchoolId>(at)
  await tx
    .insertInto('schools')
    .values({ board_id: boardId, school_id: schoolId, ...school })
    .execute()
  return schoolId
}

/** Makes a school known by its BRIN and by its location. @throws Refusal `already_registered` */
async function enterSchool(tx: Tx, boardId: BoardId, schoolId: SchoolId, { brin, location = brin }: NewSchool): Promise<void> {
  for (const value of new Set([brin, location])) await enterInDirectory(tx, boardId, { scheme: 'BRIN', value, schoolId })
}

/** Makes a board, or a school of it, known by its number. @throws Refusal `already_registered` */
export async function enterInDirectory(
  tx: Tx,
  boardId: BoardId,
  { scheme, value, schoolId, world = REAL_WORLD }: { scheme: 'OIN' | 'BRIN'; value: string; schoolId: SchoolId | null; world?: World },
): Promise<void> {
  const entered = await tx
    .insertInto('board_directory')
    .values({ scheme, value, board_id: boardId, school_id: schoolId, world })
    .onConflict((conflict) => conflict.columns(['scheme', 'value']).doNothing()) // board_directory_pkey
    .returning('value')
    .executeTakeFirst()
  if (!entered) throw new Refusal('already_registered')
}
