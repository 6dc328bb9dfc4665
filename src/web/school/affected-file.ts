import { Hono } from 'hono'
import { csvOf } from '../../csv-for-people.ts'
import type { PersonId } from '../../ids.ts'
import { currentTenures, personsById, subjectFacts } from '../../people/store.ts'
import { whoMayAnswer } from '../../people/who-may-answer.ts'
import { Refusal } from '../../refusal.ts'
import { showError } from '../errors.tsx'
import { type PageEnv, signedInPage } from '../page.tsx'
import { nameOf } from './case-view.ts'
import { atDesk } from './desk.ts'
import { affectedAt, incidentAtDesk } from './incident-desk.ts'

/** Whom a leak touches and whom to tell, as a table, for who has to tell them and nobody else (GDPR art. 34). */
export function affectedRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/incidents/:incidentId/affected.csv', signedInPage, async (c) => {
    const found = await incidentAtDesk(c)
    if (!found.desk.decides) throw new Refusal('mandate_missing')
    const { boardId } = found.desk.around.actor
    const subjects = await affectedAt(c, found)
    const at = c.var.deps.now()
    const rows = await atDesk(c, found.desk, async (tx) => {
      const facts = await subjectFacts(tx, boardId, subjects)
      const tellOf = (id: PersonId): PersonId[] => {
        const one = facts.get(id)
        const may = one && whoMayAnswer(one, at)
        return may?.known ? may.deciders.map(({ personId }) => personId) : []
      }
      const persons = await personsById(tx, boardId, [...subjects, ...subjects.flatMap(tellOf)])
      const tenures = await currentTenures(tx, boardId, subjects, at)
      return subjects.flatMap((id) => {
        const about = [nameOf(persons.get(id)), tenures.get(id)?.groupName ?? null]
        const tell = tellOf(id)
        return tell.length === 0
          ? [[...about, null, null]]
          : tell.map((one) => [...about, nameOf(persons.get(one)), persons.get(one)?.email ?? null])
      })
    })
    const { columns } = c.var.t.incidents.affected
    return c.body(csvOf([columns.name, columns.group, columns.tell, columns.mail], rows), 200, {
      'content-type': 'text/csv; charset=utf-8',
      'content-disposition': 'attachment; filename="affected.csv"',
    })
  })
  return app
}
