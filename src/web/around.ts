import type { Session } from '../accounts/sessions.ts'
import type { PersonActor } from '../actors.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { PersonId } from '../ids.ts'
import { hasStudents } from '../people/has-students.ts'
import { type Mandate, mandatesOf } from '../people/mandates.ts'
import { boardById, childrenOf, currentTenure, personById, personsOfAccount, subjectFacts, whoLeft } from '../people/store.ts'
import { whoMayAnswer } from '../people/who-may-answer.ts'

/** Somebody this person may decide about, or stop for. */
export interface Subject {
  personId: PersonId
  name: string
  isMe: boolean
  /** False: may only look and stop, as a pupil under sixteen. */
  mayGive: boolean
  /** At school or at work here now. */
  belongs: boolean
}

/** One of the persons an account stands for, and whom they have to do with. For showing; every act looks again. */
export interface Around {
  actor: PersonActor
  boardName: string
  /** Whoever learns there is called a student (K33). */
  hasStudents: boolean
  name: string
  subjects: Subject[]
  /** What this person may do as staff. */
  mandates: Mandate[]
}

export async function aroundMe({ db, now }: Deps, { accountId, signedInAt }: Session): Promise<Around[]> {
  const persons = await personsOfAccount(db, accountId)
  if (persons.length === 0) return []
  const at = now()
  return await inTransaction(db, { actor: 'account', boards: [...new Set(persons.map(({ boardId }) => boardId))] }, async (tx) => {
    const found: Around[] = []
    for (const { boardId, personId } of persons) {
      const around = await aroundPerson(tx, { accountId, boardId, personId, signedInAt }, at)
      if (around) found.push(around)
    }
    return found
  })
}

async function aroundPerson(tx: Tx, actor: PersonActor, at: Date): Promise<Around | undefined> {
  const { boardId, personId } = actor
  const me = await personById(tx, boardId, personId)
  if (!me) return undefined
  const children = await childrenOf(tx, boardId, personId, at)
  const tenure = await currentTenure(tx, boardId, personId, at)
  const candidates = [me, ...children.filter(({ authority }) => authority === 'yes')]
  const ids = candidates.map((candidate) => candidate.personId)
  const facts = await subjectFacts(tx, boardId, ids)
  const gone = await whoLeft(tx, boardId, ids, at)
  const subjects = candidates.map((candidate): Subject => {
    const subject = facts.get(candidate.personId)
    const who = subject && whoMayAnswer(subject, at)
    const belongs = candidate.personId === personId ? tenure !== undefined : !gone.has(candidate.personId)
    return {
      personId: candidate.personId,
      name: `${candidate.givenName} ${candidate.familyName}`,
      isMe: candidate.personId === personId,
      mayGive: belongs && who?.known === true && who.deciders.some((decider) => decider.personId === personId),
      belongs,
    }
  })
  return {
    actor,
    boardName: (await boardById(tx, boardId)).name,
    hasStudents: await hasStudents(tx, boardId),
    name: `${me.givenName} ${me.familyName}`,
    subjects,
    mandates: await mandatesOf(tx, boardId, personId, at),
  }
}
