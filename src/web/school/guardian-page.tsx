import { Hono } from 'hono'
import { z } from 'zod'
import { addDays, startOfAmsterdamDay } from '../../clock.ts'
import { idOf } from '../../http.ts'
import type { GuardianshipId, PersonId } from '../../ids.ts'
import { endGuardianship, recordGuardianship } from '../../people/record-guardianship.ts'
import { openGuardianships } from '../../people/register.ts'
import { Refusal } from '../../refusal.ts'
import { stopsByHand } from '../../rosters/stops-by-hand.ts'
import { showError } from '../errors.tsx'
import { formToken } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm } from '../page.tsx'
import { moreOf } from './departures-parts.tsx'
import { actOnce, atDesk } from './desk.ts'
import { personPage } from './person-page.tsx'
import { personAtDesk } from './register-desk.ts'

const recordForm = z.strictObject({
  form: formToken,
  guardian: idOf<PersonId>(),
  kind: z.enum(['parent', 'guardian', 'foster', 'curator', 'mentor', 'institution']),
  authority: z.enum(['yes', 'no', 'unknown']),
  until: z.union([z.literal('').transform(() => undefined), z.iso.date()]),
  seen: z
    .string()
    .transform((ids) => (ids === '' ? [] : ids.split(',')))
    .pipe(z.array(idOf<GuardianshipId>()).max(100)),
})
const endForm = z.strictObject({ form: formToken, guardianship: idOf<GuardianshipId>() })

/** On the page of a pupil: who stands for them, recorded with or without authority, and ended. */
export function guardianRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.post('/school/people/:personId/guardians', signedInForm, async (c) => {
    const { form, guardian, kind, authority, until, seen } = await readForm(c, recordForm)
    const { desk, person } = await personAtDesk(c)
    try {
      const stops = stopsByHand(c.var.deps, desk.around.actor.boardId, person.personId)
      return await actOnce(c, desk, { form, back: `/school/people/${person.personId}`, done: 'recorded', more: moreOf(stops) }, () =>
        recordGuardianship(
          c.var.deps,
          desk.around.actor,
          {
            guardianId: guardian,
            pupilId: person.personId,
            kind,
            authority,
            ...(until && { endsAt: startOfAmsterdamDay(addDays(until, 1)) }),
            seen,
          },
          stops.beside,
        ),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      return show(c, await personPage(c, { meanwhile: { guardianId: guardian, kind, authority, until: until ?? '' } }), 409)
    }
  })

  app.post('/school/people/:personId/guardians-end', signedInForm, async (c) => {
    const { form, guardianship } = await readForm(c, endForm)
    const { desk, person } = await personAtDesk(c)
    const { boardId } = desk.around.actor
    const stops = stopsByHand(c.var.deps, boardId, person.personId)
    return await actOnce(
      c,
      desk,
      { form, back: `/school/people/${person.personId}`, done: 'unrecorded', more: moreOf(stops) },
      async () => {
        const open = await atDesk(c, desk, (tx) => openGuardianships(tx, boardId, person.personId, c.var.deps.now()))
        if (!open.some(({ guardianshipId, pupilId }) => guardianshipId === guardianship && pupilId === person.personId)) {
          throw new Refusal('guardianship_not_found')
        }
        await endGuardianship(c.var.deps, desk.around.actor, guardianship, stops.beside)
      },
    )
  })
  return app
}
