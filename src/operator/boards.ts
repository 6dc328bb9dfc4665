import { inTransaction } from '../database.ts'
import { append } from '../ledger/append.ts'
import { addSchool, createBoard, newBoard, newSchool } from '../people/create-board.ts'
import { invitationEntry, invite } from '../people/invitations.ts'
import { readFolderOrZip } from '../people/oneroster/read-folder.ts'
import { boardSettings, setBoard } from '../people/set-board.ts'
import { importFiles } from '../people/take-in-roster.ts'
import { Refusal } from '../refusal.ts'
import { REAL_WORLD } from '../worlds.ts'
import type { Command } from './command.ts'
import { boardOf, checked, oneOf, parts } from './parts.ts'

const SCHOOL = ['NAME', 'BRIN', 'SECTOR'] as const
const PLACE = ['LOCATION', 'RIO'] as const
const ABOUT_SCHOOL = 'SECTOR is po, sbo, so, vo or mbo; LOCATION and RIO are its codes as a location and in that register'
const board = { takes: 'OIN', about: 'the board, by its OIN or its id' }

function schoolOf(value: string): unknown {
  const [name, brin, sector, location, rio] = parts('school', value, SCHOOL, PLACE)
  return { name, brin, sector, location, rio }
}

export const boardCommands: Record<string, Command> = {
  'create-board': {
    about: 'Takes in a school board with its schools and first administrator, and prints the administrator’s invitation',
    options: {
      name: { takes: 'NAME', about: 'the legal name' },
      oin: { takes: 'OIN', about: 'twenty digits' },
      school: { takes: 'NAME,BRIN,SECTOR[,LOCATION[,RIO]]', about: `a school; ${ABOUT_SCHOOL}`, repeated: true },
      'given-name': { takes: 'NAME', about: 'of the administrator' },
      'family-name': { takes: 'NAME', about: 'of the administrator' },
      email: { takes: 'ADDRESS', about: 'of the administrator: the invitation only works for who signs in with it' },
    },
    run: async (deps, given) => {
      const input = checked(newBoard, {
        name: given.one('name'),
        oin: given.one('oin'),
        schools: given.all('school').map(schoolOf),
        administrator: { givenName: given.one('given-name'), familyName: given.one('family-name'), email: given.one('email') },
      })
      return { ...(await createBoard(deps, input)), signInAt: deps.issuer }
    },
  },
  'add-school': {
    about: 'Adds a school to a board',
    options: { board, school: { takes: 'NAME,BRIN,SECTOR[,LOCATION[,RIO]]', about: `the school; ${ABOUT_SCHOOL}` } },
    run: async (deps, given) => {
      const school = checked(newSchool, schoolOf(given.one('school')))
      return { schoolId: await addSchool(deps, await boardOf(deps.db, given.one('board')), school) }
    },
  },
  'set-board': {
    about: 'Changes how a board does things, on its written word',
    options: {
      board,
      'decision-rule': { takes: 'RULE', about: 'how two parents decide: veto, all, any', optional: true },
      'at-sixteen': { takes: 'WAY', about: 'what parents gave: carry_over or freeze', optional: true },
      'roster-authority': { takes: 'YES', about: 'yes when its roster names only guardians with authority; else no', optional: true },
      'proof-years': { takes: 'NUMBER', about: 'how long proof is kept after the end of a consent', optional: true },
      'legal-form': { takes: 'TEXT', about: 'as contracts name it, for example stichting', optional: true },
      address: { takes: 'TEXT', about: 'street, postal code and place, as contracts name it', optional: true },
      representative: { takes: 'TEXT', about: 'who represents it in contracts: name and function', optional: true },
    },
    run: async (deps, given) => {
      const boardId = await boardOf(deps.db, given.one('board'))
      const authority = given.maybe('roster-authority')
      const years = given.maybe('proof-years')
      const settings = checked(boardSettings, {
        decisionRule: given.maybe('decision-rule'),
        atSixteen: given.maybe('at-sixteen'),
        rosterImpliesAuthority: authority && oneOf('roster-authority', authority, ['yes', 'no']) === 'yes',
        proofYears: years && Number(years),
        legalForm: given.maybe('legal-form'),
        address: given.maybe('address'),
        representative: given.maybe('representative'),
      })
      await setBoard(deps, 'operator', boardId, settings)
      return { boardId, ...settings }
    },
  },
  invite: {
    about: 'Makes a new invitation for somebody of a board, for when the first was lost or went stale',
    options: { board, email: { takes: 'ADDRESS', about: 'as the board has it' } },
    run: async ({ db, now, issuer }, given) => {
      const boardId = await boardOf(db, given.one('board'))
      const at = now()
      return await inTransaction(db, { actor: 'operator', boards: [boardId] }, async (tx) => {
        const persons = await tx
          .selectFrom('persons')
          .select('person_id')
          .where('board_id', '=', boardId)
          .where('email', '=', given.one('email').toLowerCase())
          .where('erased_at', 'is', null)
          .execute()
        if (persons.length !== 1) throw new Refusal('person_not_found')
        const personId = persons[0]!.person_id
        const invitation = await invite(tx, at, { boardId, personId })
        await append(tx, invitationEntry(boardId, personId, at, 'operator'))
        return { boardId, personId, invitation, signInAt: issuer }
      })
    },
  },
  'import-roster': {
    about: 'Takes in a OneRoster 1.1, 1.2 or 1.2.1 bundle of CSV files',
    options: {
      board,
      from: { takes: 'PATH', about: 'a folder or a zip' },
      'ends-much': { about: 'says that more than a tenth of a school is meant to end', optional: true },
    },
    run: async (deps, given) => {
      const boardId = await boardOf(deps.db, given.one('board'))
      return await importFiles(deps, { boardId, by: 'operator', endsMuch: given.is('ends-much') }, await readFolderOrZip(given.one('from')))
    },
  },
  'list-boards': {
    about: 'Shows the boards with their schools',
    options: {},
    run: async ({ db }) => {
      const boards = await db
        .selectFrom('board_directory')
        .select(['board_id', 'value'])
        .where('scheme', '=', 'OIN')
        .where('world', '=', REAL_WORLD)
        .orderBy('value')
        .execute()
      return await Promise.all(
        boards.map(({ board_id: boardId, value: oin }) =>
          inTransaction(db, { actor: 'operator', boards: [boardId] }, async (tx) => {
            const { name } = await tx.selectFrom('boards').select('name').where('board_id', '=', boardId).executeTakeFirstOrThrow()
            const schools = await tx
              .selectFrom('schools')
              .select(['school_id as schoolId', 'name', 'brin', 'location', 'rio', 'sector'])
              .orderBy('brin')
              .execute()
            return { boardId, name, oin, schools }
          }),
        ),
      )
    },
  },
}
