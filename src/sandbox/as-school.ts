import type { PersonActor } from '../actors.ts'
import { inTransaction } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, RequestId } from '../ids.ts'
import { SANDBOX } from '../messages/sandbox.ts'
import { Refusal } from '../refusal.ts'
import { forwardRequest } from '../requests/forward-request.ts'
import { type Match, matchSubjects, pickSubjects } from '../requests/match-subjects.ts'
import { narrowRequest } from '../requests/narrow-request.ts'
import { refuseRequest } from '../requests/refuse-request.ts'
import { releaseRequest } from '../requests/release-request.ts'
import { requestStateAt } from '../requests/request.ts'
import { type RequestSubject, requestById, subjectsOf } from '../requests/store.ts'
import { actorOf, pupilsOf, type SandboxPupil, staffOf } from './sandbox.ts'

export interface AboutRequest {
  boardId: BoardId
  requestId: RequestId
}

async function atDesk(deps: Deps, { boardId, requestId }: AboutRequest) {
  const at = deps.now()
  return await inTransaction(deps.db, { actor: 'job', boards: [boardId] }, async (tx) => {
    const request = await requestById(tx, boardId, requestId)
    return {
      request,
      state: request && requestStateAt(request, at).state,
      staff: actorOf(boardId, await staffOf(tx, boardId), at),
      subjects: await subjectsOf(tx, boardId, requestId),
      pupils: await pupilsOf(tx, boardId),
    }
  })
}

/**
 * The school finds by the hints who is meant, leaves out whom it does not find, and asks the parents; where that cannot be, it refuses.
 * Of a request that no school has part in, nothing.
 */
export async function askParents(deps: Deps, about: AboutRequest): Promise<void> {
  const { request, state, staff, subjects, pupils } = await atDesk(deps, about)
  if (!request || state !== 'received') return
  const { requestId } = about
  try {
    if (request.schoolPicks) {
      const picked = new Set(subjects.map(({ subjectId }) => subjectId))
      const personIds = pupils.map(({ personId }) => personId).filter((personId) => !picked.has(personId))
      if (personIds.length > 0) await pickSubjects(deps, staff, { requestId, personIds })
    } else await match(deps, staff, requestId, subjects, pupils)
    await forwardRequest(deps, staff, { requestId, alternative: SANDBOX.alternative })
  } catch (error) {
    if (!(error instanceof Refusal)) throw error
    await refuseRequest(deps, staff, { requestId, because: error.code })
  }
}

async function match(deps: Deps, staff: PersonActor, requestId: RequestId, subjects: RequestSubject[], pupils: SandboxPupil[]) {
  const open = subjects.filter(({ subjectId, leftOut }) => !subjectId && !leftOut)
  const matches = open.flatMap(({ reference, hint }): Match[] => {
    const meant = pupils.find(({ name, eckId }) => hint?.trim() === eckId || hint?.toLowerCase().includes(name.toLowerCase()))
    return meant ? [{ reference, personId: meant.personId }] : []
  })
  if (matches.length > 0) await matchSubjects(deps, staff, { requestId, matches })
  const without = open.map(({ reference }) => reference).filter((reference) => !matches.some((found) => found.reference === reference))
  if (without.length > 0) await narrowRequest(deps, staff, { requestId, without })
}

/** The school releases to the twin, as soon as somebody said yes, and whoever says yes later besides. */
export async function releaseToTwin(deps: Deps, about: AboutRequest): Promise<void> {
  const { request, state, staff } = await atDesk(deps, about)
  if (!request || (state !== 'forwarded' && state !== 'released')) return
  try {
    await releaseRequest(deps, staff, { requestId: about.requestId, coversLater: true })
  } catch (error) {
    if (!(error instanceof Refusal && error.code === 'nothing_to_release')) throw error
  }
}
