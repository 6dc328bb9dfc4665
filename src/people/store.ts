import { sql } from 'kysely'
import { amsterdamDay } from '../clock.ts'
import type { Db, Tx } from '../database.ts'
import type { AccountId, BoardId, GuardianshipId, PersonId, SchoolId, TenureId } from '../ids.ts'
import { ageOn } from './age.ts'
import type { Authority, GuardianshipKind, SubjectFacts } from './who-may-answer.ts'

export interface Board {
  boardId: BoardId
  name: string
  oin: string
  decisionRule: 'veto' | 'all' | 'any'
  atSixteen: 'carry_over' | 'freeze'
  /** MM-DD */
  schoolYearStarts: string
  proofYears: number
  rosterImpliesAuthority: boolean
  /** The participation council consents to what parents are asked (P22). */
  councilForRounds: boolean
  /** Parents are asked whether they agree with a transfer (P32: they need not). */
  transferAsksConsent: boolean
  /** As contracts and the register name it (M01, GDPR art. 30(1)(a)); each empty until the board says it. */
  legalForm: string
  address: string
  /** Who represents it, by name and function. */
  representative: string
  /** How it secures what it does itself (GDPR art. 30(1)(g)). */
  measures: string
}

export interface Person {
  personId: PersonId
  givenName: string
  familyName: string
  /** YYYY-MM-DD */
  birthDate: string | null
  email: string | null
  phone: string | null
  eckId: string | null
}

/** What ties a subject to the board now: without one no grant about them stands. */
export interface Tenure {
  tenureId: TenureId
  personId: PersonId
  kind: 'enrolment' | 'employment'
  schoolId: SchoolId | null
  groupName: string | null
  endsAt: Date | null
}

/** A pupil as a guardian sees them. Only where `authority` is `yes` may the guardian see or answer anything about the child. */
export interface Child {
  personId: PersonId
  givenName: string
  familyName: string
  birthDate: string | null
  guardianshipId: GuardianshipId
  kind: GuardianshipKind
  authority: Authority
}

/** @throws Error when the transaction does not work for this board: the id comes from a verified context, so that is our fault */
export async function boardById(tx: Tx, boardId: BoardId): Promise<Board> {
  const row = await tx.selectFrom('boards').selectAll().where('board_id', '=', boardId).executeTakeFirst() // boards_pkey
  if (!row) throw new Error(`board ${boardId} is not in the scope of this transaction`)
  return {
    boardId: row.board_id,
    name: row.name,
    oin: row.oin,
    decisionRule: row.decision_rule,
    atSixteen: row.at_sixteen,
    schoolYearStarts: row.school_year_starts,
    proofYears: row.proof_years,
    rosterImpliesAuthority: row.roster_implies_authority,
    councilForRounds: row.council_for_rounds,
    transferAsksConsent: row.transfer_asks_consent,
    legalForm: row.legal_form,
    address: row.address,
    representative: row.representative,
    measures: row.measures,
  }
}

/**
 * Lets one at a time change who stands for whom and who may do what at a board: mandates, guardianships, rosters.
 * The first statement of such a command; taken `shared` by whoever claims a person, which only those must not cross.
 */
export async function lockRegister(tx: Tx, boardId: BoardId, how: 'alone' | 'shared' = 'alone'): Promise<void> {
  const board = tx.selectFrom('boards').select('board_id').where('board_id', '=', boardId) // boards_pkey
  await (how === 'alone' ? board.forNoKeyUpdate() : board.forShare()).executeTakeFirstOrThrow()
}

/** A person of this board who has not been erased. Does NOT check who asks. */
export async function personById(tx: Tx, boardId: BoardId, personId: PersonId): Promise<Person | undefined> {
  return (await personsById(tx, boardId, [personId])).get(personId)
}

/** As `personById`, for many at once; who is not there is not in the answer. */
export async function personsById(tx: Tx, boardId: BoardId, personIds: PersonId[]): Promise<Map<PersonId, Person>> {
  const rows = await tx
    .selectFrom('persons')
    .select(['person_id', 'given_name', 'family_name', 'birth_date', 'email', 'phone', 'eck_id'])
    .where('board_id', '=', boardId)
    .where('person_id', '=', sql<PersonId>`any(${personIds}::uuid[])`) // persons_pkey
    .where('erased_at', 'is', null)
    .execute()
  return new Map(
    rows.map((row) => [
      row.person_id,
      {
        personId: row.person_id,
        givenName: row.given_name,
        familyName: row.family_name,
        birthDate: row.birth_date,
        email: row.email,
        phone: row.phone,
        eckId: row.eck_id,
      },
    ]),
  )
}

/** Whether the person of the row `p` counts as an employee: SQL, for every statement that reads who may answer. */
export const countsAsEmployee = sql<boolean>`coalesce(
  (select max(starts_at) from employments e where e.board_id = p.board_id and e.person_id = p.person_id) -- employments_by_person
  >= (
    select coalesce(max(coalesce(e.ends_at, 'infinity')), '-infinity')
    from enrolments e where e.board_id = p.board_id and e.person_id = p.person_id -- enrolments_by_person
  ), false)`

/**
 * What `whoMayAnswer` needs of these persons. Who left the school as a pupil and came back to work there is an employee;
 * who is both at once is a pupil. Somebody without a tenure counts as a pupil: then the stricter rules hold.
 */
export async function subjectFacts(tx: Tx, boardId: BoardId, personIds: PersonId[]): Promise<Map<PersonId, SubjectFacts>> {
  const persons = await sql<{ person_id: PersonId; birth_date: string | null; is_employee: boolean }>`
    select p.person_id, p.birth_date, ${countsAsEmployee} as is_employee
    from persons p
    where p.board_id = ${boardId} and p.person_id = any(${personIds}::uuid[]) and p.erased_at is null -- persons_pkey
  `.execute(tx)
  const facts = new Map<PersonId, SubjectFacts>(
    persons.rows.map((row) => [
      row.person_id,
      { personId: row.person_id, kind: row.is_employee ? 'employee' : 'pupil', birthDate: row.birth_date, guardianships: [] },
    ]),
  )
  const guardianships = await tx
    .selectFrom('guardianships')
    .select(['guardianship_id', 'guardian_id', 'pupil_id', 'kind', 'authority', 'starts_at', 'ends_at'])
    .where('board_id', '=', boardId)
    .where('pupil_id', '=', sql<PersonId>`any(${personIds}::uuid[])`) // guardianships_by_pupil
    .execute()
  for (const row of guardianships) {
    facts.get(row.pupil_id)?.guardianships.push({
      guardianshipId: row.guardianship_id,
      guardianId: row.guardian_id,
      kind: row.kind,
      authority: row.authority,
      startsAt: row.starts_at,
      endsAt: row.ends_at,
    })
  }
  return facts
}

/** The enrolment, or else the employment, that holds at `at`; the newest when there are several. Does NOT lock it. */
export async function currentTenure(tx: Tx, boardId: BoardId, personId: PersonId, at: Date): Promise<Tenure | undefined> {
  return (await currentTenures(tx, boardId, [personId], at)).get(personId)
}

/** As `currentTenure`, for many at once; who has none is not in the answer. */
export async function currentTenures(tx: Tx, boardId: BoardId, personIds: PersonId[], at: Date): Promise<Map<PersonId, Tenure>> {
  const { rows } = await sql<{
    person_id: PersonId
    tenure_id: TenureId
    kind: 'enrolment' | 'employment'
    school_id: SchoolId | null
    group_name: string | null
    ends_at: Date | null
  }>`
    select distinct on (person_id) person_id, tenure_id, kind, school_id, group_name, ends_at from (
      select person_id, enrolment_id as tenure_id, 'enrolment' as kind, school_id, group_name, starts_at, ends_at
      from enrolments where board_id = ${boardId} and person_id = any(${personIds}::uuid[]) -- enrolments_by_person
      union all
      select person_id, employment_id, 'employment', school_id, null, starts_at, ends_at
      from employments where board_id = ${boardId} and person_id = any(${personIds}::uuid[]) -- employments_by_person
    ) tenures
    where starts_at <= ${at}::timestamptz and (ends_at is null or ends_at > ${at}::timestamptz)
    order by person_id, kind desc, starts_at desc, tenure_id
  `.execute(tx)
  return new Map(
    rows.map((row) => [
      row.person_id,
      {
        tenureId: row.tenure_id,
        personId: row.person_id,
        kind: row.kind,
        schoolId: row.school_id,
        groupName: row.group_name,
        endsAt: row.ends_at,
      },
    ]),
  )
}

/** Who of these persons was enrolled or employed here and no longer is. Who never was, has not left. */
export async function whoLeft(tx: Tx, boardId: BoardId, personIds: readonly PersonId[], at: Date): Promise<Set<PersonId>> {
  const { rows } = await sql<{ person_id: PersonId }>`
    select person_id from (
      select person_id, ends_at from enrolments where board_id = ${boardId} and person_id = any(${personIds}::uuid[]) -- enrolments_by_person
      union all
      select person_id, ends_at from employments where board_id = ${boardId} and person_id = any(${personIds}::uuid[]) -- employments_by_person
    ) tenures
    group by person_id having max(coalesce(ends_at, 'infinity')) <= ${at}::timestamptz`.execute(tx)
  return new Set(rows.map(({ person_id }) => person_id))
}

/** The school where each pupil was enrolled last, there still or not; who never was is not in the answer. */
export async function lastSchools(tx: Tx, boardId: BoardId, personIds: readonly PersonId[], at: Date): Promise<Map<PersonId, SchoolId>> {
  const { rows } = await sql<{ person_id: PersonId; school_id: SchoolId }>`
    select distinct on (person_id) person_id, school_id from enrolments
    where board_id = ${boardId} and person_id = any(${personIds}::uuid[]) and starts_at <= ${at} -- enrolments_by_person
    order by person_id, starts_at desc, enrolment_id`.execute(tx)
  return new Map(rows.map(({ person_id, school_id }) => [person_id, school_id]))
}

/**
 * The pupils this person is recorded with as a guardian now, whatever the authority. At eighteen a parent's view ends
 * (design §3); a curator's or mentor's begins to matter and stays.
 */
export async function childrenOf(tx: Tx, boardId: BoardId, personId: PersonId, at: Date): Promise<Child[]> {
  const rows = await tx
    .selectFrom('guardianships as g')
    .innerJoin('persons as p', (join) => join.onRef('p.board_id', '=', 'g.board_id').onRef('p.person_id', '=', 'g.pupil_id'))
    .select(['p.person_id', 'p.given_name', 'p.family_name', 'p.birth_date', 'g.guardianship_id', 'g.kind', 'g.authority'])
    .where('g.board_id', '=', boardId)
    .where('g.guardian_id', '=', personId) // guardianships_by_guardian
    .where('g.starts_at', '<=', at)
    .where((where) => where.or([where('g.ends_at', 'is', null), where('g.ends_at', '>', at)]))
    .where('p.erased_at', 'is', null)
    .orderBy('p.birth_date')
    .orderBy('p.person_id')
    .execute()
  const today = amsterdamDay(at)
  return rows
    .filter(
      ({ kind, birth_date }) => kind === 'curator' || kind === 'mentor' || birth_date === null || ageOn(birth_date, today) < ADULT_FROM,
    )
    .map((row) => ({
      personId: row.person_id,
      givenName: row.given_name,
      familyName: row.family_name,
      birthDate: row.birth_date,
      guardianshipId: row.guardianship_id,
      kind: row.kind,
      authority: row.authority,
    }))
}

const ADULT_FROM = 18

/** The schools somebody has to do with at `at`: where they learn or work, and where the pupils they stand for learn. */
export async function schoolsOf(tx: Tx, boardId: BoardId, personId: PersonId, at: Date): Promise<SchoolId[]> {
  const { rows } = await sql<{ school_id: SchoolId }>`
    with concerned as (
      select ${personId}::uuid as person_id
      union
      select pupil_id from guardianships where board_id = ${boardId} and guardian_id = ${personId} -- guardianships_by_guardian
        and (ends_at is null or ends_at > ${at}::timestamptz)
    )
    select distinct school_id from (
      select e.school_id, e.ends_at from enrolments e join concerned c on c.person_id = e.person_id where e.board_id = ${boardId}
      union all
      select e.school_id, e.ends_at from employments e join concerned c on c.person_id = e.person_id where e.board_id = ${boardId}
    ) tenures
    where school_id is not null and (ends_at is null or ends_at > ${at}::timestamptz)
  `.execute(tx)
  return rows.map(({ school_id }) => school_id)
}

/** The persons an account has claimed, over all boards. Everything an account may do starts here. */
export async function personsOfAccount(db: Db, accountId: AccountId): Promise<{ boardId: BoardId; personId: PersonId }[]> {
  const rows = await db
    .selectFrom('account_persons')
    .select(['board_id', 'person_id'])
    .where('account_id', '=', accountId) // account_persons_pkey
    .orderBy('claimed_at')
    .orderBy('person_id')
    .execute()
  return rows.map((row) => ({ boardId: row.board_id, personId: row.person_id }))
}
