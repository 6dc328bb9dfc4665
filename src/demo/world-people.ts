import { redeemSignInCode, sendSignInCode } from '../accounts/sign-in.ts'
import type { PersonActor } from '../actors.ts'
import { amsterdamDay } from '../clock.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import { type AccountId, type BoardId, newSecret, type PersonId, type SchoolId } from '../ids.ts'
import { deliverMails } from '../notifications/deliver-mail.ts'
import { createBoard } from '../people/create-board.ts'
import { giveMandate } from '../people/give-mandate.ts'
import { importRoster } from '../people/import-roster.ts'
import { acceptInvitation, invitePerson } from '../people/invitations.ts'
import { readBundle } from '../people/oneroster/read-bundle.ts'
import { setBoard } from '../people/set-board.ts'
import { ADMINISTRATOR, type Adult, BOARD, EMPLOYEES, GUARDIANS, pupils, SCHOOLS } from './cast.ts'
import { employeeId, guardianId, pupilId, rosterOfCast } from './roster.ts'
import type { World } from './world.ts'

/** The board, everybody in its roster, their mandates, and an account for whoever has an e-mail address. */
export async function makePeople(deps: Deps): Promise<Pick<World, 'boardId' | 'schools' | 'people'>> {
  const { boardId, schoolIds, personId, invitation } = await createBoard(deps, {
    ...BOARD,
    schools: SCHOOLS.map((one) => {
      const { key: _, ...school } = one
      return school
    }),
    administrator: { givenName: ADMINISTRATOR.givenName, familyName: ADMINISTRATOR.familyName, email: ADMINISTRATOR.email },
  })
  const schools: Record<string, SchoolId> = Object.fromEntries(SCHOOLS.map(({ key }, index) => [key, schoolIds[index]!]))
  const ingrid = await claim(deps, ADMINISTRATOR, invitation)
  const people: World['people'] = { [ADMINISTRATOR.key]: { personId, actor: ingrid } }

  // The board declared in writing that parents in its roster have authority unless it says otherwise (design §3).
  await setBoard(deps, 'operator', boardId, {
    rosterImpliesAuthority: true,
    legalForm: 'stichting',
    address: 'Schoolstraat 1, 9999 ZA Voorbeeld',
    representative: 'Ruud de Graaf, voorzitter van het college van bestuur',
    measures: 'Wie inlogt doet dat met een eigen account en een tweede stap. Laptops zijn versleuteld.',
  })
  const read = readBundle(rosterOfCast(deps.now()), amsterdamDay(deps.now()))
  if (!read.ok) throw new Error(`the demo's own roster is wrong: ${JSON.stringify(read.errors)}`)
  await importRoster(deps, { boardId, by: `person:${personId}` }, read.bundle)
  const bySource = await personsBySource(deps, boardId)
  const find = (sourceId: string) => ({ personId: bySource.get(sourceId)! })
  for (const { key } of pupils(deps.now())) people[key] = find(pupilId(key))
  for (const { key } of GUARDIANS) people[key] = find(guardianId(key))
  for (const { key } of EMPLOYEES) people[key] = find(employeeId(key))

  const withAddress = [
    ...GUARDIANS,
    ...EMPLOYEES,
    ...pupils(deps.now()).flatMap((pupil) => (pupil.email ? { ...pupil, email: pupil.email } : [])),
  ]
  for (const adult of withAddress) await invitePerson(deps, ingrid, people[adult.key]!.personId)
  await deliverMails(deps)
  for (const adult of withAddress) people[adult.key]!.actor = await claim(deps, adult, await invitationOf(deps, adult.email))
  for (const { key, mandates } of EMPLOYEES) {
    for (const { role, school, group } of mandates) {
      await giveMandate(deps, ingrid, { personId: people[key]!.personId, role, schoolId: school && schools[school], groupName: group })
    }
  }
  return { boardId, schools, people }
}

/** Signs in as this person would, by the code from the mail, and accepts the invitation. */
async function claim(deps: Deps, adult: Adult, invitation: string): Promise<PersonActor> {
  const accountId = await accountOf(deps, adult)
  return { accountId, ...(await acceptInvitation(deps, accountId, invitation)), signedInAt: deps.now() }
}

/** The account of somebody who signs in for the first time, by the code from the mail. */
export async function accountOf(deps: Deps, { key, email }: Pick<Adult, 'key' | 'email'>): Promise<AccountId> {
  const browser = newSecret()
  let code = ''
  const network = `demo-${key}`
  const codeId = await sendSignInCode(deps, {
    email,
    browser,
    network,
    mailOf: (made) => {
      code = made
      return { subject: 'Uw inlogcode', text: `Uw code: ${made}` }
    },
  })
  const signedIn = await redeemSignInCode(deps, { codeId, code, browser, language: 'nl' })
  if (!signedIn) throw new Error(`${key} cannot sign in`)
  return signedIn.accountId
}

/** The code of the last invitation that was mailed to somebody. */
export async function invitationOf(deps: Deps, email: string): Promise<string> {
  const mails = (await deps.mailbox?.(email)) ?? []
  const code = mails.map(({ text }) => /^[\w-]{43}$/m.exec(text)?.[0]).findLast((found) => found !== undefined)
  if (!code) throw new Error(`no invitation came to ${email}`)
  return code
}

async function personsBySource(deps: Deps, boardId: BoardId): Promise<Map<string, PersonId>> {
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const rows = await tx.selectFrom('persons').select(['person_id', 'source_id']).where('board_id', '=', boardId).execute()
    return new Map(rows.flatMap(({ person_id, source_id }) => (source_id ? [[source_id, person_id] as const] : [])))
  })
}
