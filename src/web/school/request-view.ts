import type { CouncilApproval } from '../../agreements/council-approval.ts'
import { agreementInForce, coverageOf } from '../../agreements/store.ts'
import { type DataSet, everyDataSetOf, holderById, serviceById, supplierById } from '../../catalog/store.ts'
import { type ConsentFacts, consentFacts } from '../../consents/facts.ts'
import type { Tx } from '../../database.ts'
import type { ConsentId, PersonId } from '../../ids.ts'
import { type FoundPerson, findPersons } from '../../people/find-persons.ts'
import { currentTenures, personsById } from '../../people/store.ts'
import { runningAssignments } from '../../requests/assignments.ts'
import { staffCouncil } from '../../requests/council.ts'
import { seenOf } from '../../requests/forward-request.ts'
import { mayBeReleased } from '../../requests/may-be-released.ts'
import { type RequestState, requestStateAt } from '../../requests/request.ts'
import { type AccessRequest, lastAlternative, type RequestSubject, subjectsForStaff, subjectsOf } from '../../requests/store.ts'
import { type Verdict, verdictOf } from '../../requests/verdict.ts'

export interface SeenSubject extends RequestSubject {
  name: string | null
  groupName: string | null
  /** How it stands with the answer. Of staff nobody is told. */
  answer: ConsentFacts | null
  mayBeReleased: boolean
  /** The supplier's guides for this pupil now, where the question says that there must be one (K19). */
  guides: string[] | null
  /** Who the school has that fit what the supplier said; the only one that does, when it is one. */
  candidates: FoundPerson[]
}

/** A request as staff read it: with names for ids, who it is about, and whether a contract covers it. */
export interface RequestView {
  request: AccessRequest
  state: RequestState
  supplier: string
  service: string
  holder: string
  dataSets: DataSet[]
  school: string | null
  subjects: SeenSubject[]
  contract: 'covered' | 'not_covered' | 'none'
  /** What of it was read: for when a colleague changes it meanwhile. */
  seen: string
  /** What it comes to, while it waits for the school. */
  verdict: Verdict | undefined
  /** What the school wrote last time about this service for who says no. */
  lastAlternative: { nl: string; en: string | null } | undefined
  /** For data of staff: that the staff part of the council consented, if it is recorded (P22). */
  council: CouncilApproval | undefined
  found: FoundPerson[]
}

/** @param find what staff searched for, to match or pick somebody */
export async function requestView(tx: Tx, request: AccessRequest, find: string, at: Date): Promise<RequestView> {
  const { boardId, supplierId, serviceId, holderId, schoolId, subjectKind } = request
  const state = requestStateAt(request, at)
  const search = (words: string) => findPersons(tx, boardId, { schoolId, kind: subjectKind, words, at })
  const found = state.state === 'received' && find ? await search(find) : []
  const school = schoolId
    ? await tx
        .selectFrom('schools')
        .select('name')
        .where('board_id', '=', boardId)
        .where('school_id', '=', schoolId) // schools_pkey
        .executeTakeFirst()
    : undefined
  const agreed = await agreementInForce(tx, boardId, supplierId, at)
  return {
    request,
    state,
    supplier: (await supplierById(tx, supplierId))?.legalName ?? '',
    service: (await serviceById(tx, serviceId))?.name ?? '',
    holder: (await holderById(tx, holderId))?.name ?? '',
    dataSets: (await everyDataSetOf(tx, holderId)).filter(({ datatype }) => request.datatypes.includes(datatype)),
    school: school?.name ?? null,
    subjects: await seenSubjects(tx, request, state, found, search, at),
    contract: (await coverageOf(tx, boardId, request, at)) ? 'covered' : agreed ? 'not_covered' : 'none',
    seen: seenOf(request, await subjectsOf(tx, boardId, request.requestId)),
    verdict: state.state === 'received' ? await verdictOf(tx, request, at) : undefined,
    lastAlternative: state.state === 'received' ? await lastAlternative(tx, request) : undefined,
    council: subjectKind === 'employee' ? await staffCouncil(tx, request) : undefined,
    found,
  }
}

async function seenSubjects(
  tx: Tx,
  request: AccessRequest,
  state: RequestState,
  found: FoundPerson[],
  search: (words: string) => Promise<FoundPerson[]>,
  at: Date,
): Promise<SeenSubject[]> {
  const { boardId, datatypes } = request
  const subjects = await subjectsForStaff(tx, request)
  const personIds = subjects.flatMap(({ subjectId }) => subjectId ?? [])
  const persons = await personsById(tx, boardId, personIds)
  const tenures = await currentTenures(tx, boardId, personIds, at)
  const answering = subjects.flatMap(({ consentId }): ConsentId[] => (consentId ? [consentId] : []))
  const answers = await consentFacts(tx, boardId, answering, at)
  const guides = await runningAssignments(tx, boardId, request.supplierId, personIds, at)
  const seen: SeenSubject[] = []
  for (const subject of subjects) {
    const person = subject.subjectId ? persons.get(subject.subjectId) : undefined
    const answer = (subject.consentId && answers.get(subject.consentId)) || null
    const fitting = state.state === 'received' && subject.hint ? await search(subject.hint) : []
    seen.push({
      ...subject,
      name: person ? `${person.givenName} ${person.familyName}` : null,
      groupName: (person && tenures.get(person.personId)?.groupName) ?? null,
      answer,
      mayBeReleased: answer !== null && mayBeReleased(answer, datatypes, at),
      guides: answer?.item.needsAssignment
        ? guides.filter(({ subjectId }) => subjectId === subject.subjectId).map(({ guide }) => guide)
        : null,
      candidates: unique([...fitting, ...found]),
    })
  }
  return seen
}

function unique(persons: FoundPerson[]): FoundPerson[] {
  return [...new Map<PersonId, FoundPerson>(persons.map((person) => [person.personId, person])).values()]
}
