import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { addDays, amsterdamDay, startOfAmsterdamDay } from '../../clock.ts'
import type { Tx } from '../../database.ts'
import { idOf } from '../../http.ts'
import type { BoardId, MandateId, SchoolId } from '../../ids.ts'
import { day } from '../../moments.ts'
import { openTenures } from '../../people/departures.ts'
import { endMandate } from '../../people/end-mandate.ts'
import { giveMandate } from '../../people/give-mandate.ts'
import { accountOf, invitePerson, type StandingInvitation, standingInvitation } from '../../people/invitations.ts'
import type { MandateRole } from '../../people/mandate.ts'
import { openGuardianships, openMandates, registered, schoolsOfBoard } from '../../people/register.ts'
import { releaseAccount } from '../../people/release-account.ts'
import { personById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { givingAbout } from '../../rosters/stops-by-hand.ts'
import { bySubject } from '../../rosters/what-stops.ts'
import { Heading, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { FoldedAct, formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { Leaving, Stopped } from './departures-parts.tsx'
import { actOnce, atDesk } from './desk.ts'
import { type ChosenGuardian, Guardians } from './guardian-parts.tsx'
import { Giving, Mandates } from './mandate-parts.tsx'
import { type Overtaken, OvertakenNotice, orHowItIsNow } from './overtaken.tsx'
import { endsTenuresAt, personAtDesk } from './register-desk.ts'
import { SchoolNav } from './school-nav.tsx'

const empty = z.literal('').transform(() => undefined)
const ROLES = [
  'administrator',
  'school_leader',
  'signatory',
  'consent_officer',
  'teacher',
  'dpo',
  'concierge',
] as const satisfies MandateRole[]
const releaseForm = z.strictObject({ form: formToken })
/** With the invitation that stood when the page was made. */
export const inviteForm = z.strictObject({
  form: formToken,
  seen: z.union([z.literal('').transform(() => null), z.iso.datetime().transform((moment) => new Date(moment))]),
})
const giveForm = z.strictObject({
  form: formToken,
  role: z.enum(ROLES),
  school: z.union([empty, idOf<SchoolId>()]),
  group: z.union([empty, z.string().trim().min(1).max(100)]),
  from: z.union([empty, day]).optional(),
  until: z.union([empty, day]),
})
const endForm = z.strictObject({ form: formToken, mandate: idOf<MandateId>() })

/** One person: invited to sign in, given mandates and relieved of them (D11, P45). */
export function personRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/people/:personId', signedInPage, async (c) => show(c, await personPage(c)))

  app.post('/school/people/:personId/invite', signedInForm, async (c) => {
    const { form, seen } = await readForm(c, inviteForm)
    const { desk, person } = await personAtDesk(c)
    return await orHowItIsNow(
      c,
      [],
      () =>
        actOnce(c, desk, { form, back: pathOf(person), done: 'invited' }, () =>
          invitePerson(c.var.deps, desk.around.actor, person.personId, seen),
        ),
      (overtaken) => personPage(c, { overtaken }),
    )
  })

  app.post('/school/people/:personId/release', signedInForm, async (c) => {
    const { form } = await readForm(c, releaseForm)
    const { desk, person } = await personAtDesk(c)
    return await actOnce(c, desk, { form, back: pathOf(person), done: 'released' }, () =>
      releaseAccount(c.var.deps, desk.around.actor, person.personId),
    )
  })

  app.post('/school/people/:personId/give', signedInForm, async (c) => {
    const { form, role, school, group, from, until } = await readForm(c, giveForm)
    const { desk, person } = await personAtDesk(c)
    const today = amsterdamDay(c.var.deps.now())
    if (from && from < today) return show(c, await personPage(c, { wrongDay: 'from' }), 400)
    if (until && until < (from ?? today)) return show(c, await personPage(c, { wrongDay: 'until' }), 400)
    const endsAt = until && startOfAmsterdamDay(addDays(until, 1))
    const groupName = role === 'teacher' ? group : undefined
    return await actOnce(c, desk, { form, back: pathOf(person), done: 'gave' }, () =>
      giveMandate(c.var.deps, desk.around.actor, {
        personId: person.personId,
        role,
        ...(school && { schoolId: school }),
        ...(groupName && { groupName }),
        ...(from && { startsAt: startOfAmsterdamDay(from) }),
        ...(endsAt && { endsAt }),
      }),
    )
  })

  app.post('/school/people/:personId/end', signedInForm, async (c) => {
    const { form, mandate } = await readForm(c, endForm)
    const { desk, person } = await personAtDesk(c)
    const { boardId } = desk.around.actor
    return await actOnce(c, desk, { form, back: pathOf(person), done: 'ended' }, async () => {
      const held = await atDesk(c, desk, (tx) => openMandates(tx, boardId, c.var.deps.now(), person.personId))
      if (!held.some(({ mandateId }) => mandateId === mandate)) throw new Refusal('mandate_not_found')
      await endMandate(c.var.deps, desk.around.actor, mandate)
    })
  })
  return app
}

const pathOf = ({ personId }: { personId: string }) => `/school/people/${personId}`

const DONE = ['invited', 'released', 'gave', 'ended', 'recorded', 'unrecorded'] as const

interface Again {
  wrongDay?: 'from' | 'until'
  /** Somebody else recorded who stands for this pupil; this was chosen. */
  meanwhile?: ChosenGuardian
  /** Somebody else invited this person. */
  overtaken?: Overtaken
}

/** @throws Refusal as `personAtDesk` */
export async function personPage(c: Context<PageEnv>, { wrongDay, meanwhile, overtaken }: Again = {}) {
  const { t, deps } = c.var
  const words = t.people
  const { desk, person } = await personAtDesk(c)
  const { boardId, personId: myself } = desk.around.actor
  const find = c.req.query('guardian')?.slice(0, 200).trim()
  const { held, schools, tenures, shared, guardianships, found, claimed, hasMail, invitation } = await atDesk(c, desk, async (tx) => ({
    held: await openMandates(tx, boardId, deps.now(), person.personId),
    schools: await schoolsOfBoard(tx, boardId),
    claimed: (await accountOf(tx, boardId, person.personId)) !== undefined,
    hasMail: Boolean((await personById(tx, boardId, person.personId))?.email),
    invitation: await standingInvitation(tx, { boardId, personId: person.personId }, deps.now()),
    tenures: (await openTenures(tx, boardId, person.personId, deps.now())).filter(({ schoolId }) => endsTenuresAt(desk, schoolId)),
    shared: bySubject(await givingAbout(tx, boardId, person.personId, deps.now())).reduce((sum, { uses }) => sum + uses, 0),
    guardianships: await openGuardianships(tx, boardId, person.personId, deps.now()),
    found: find
      ? await registered(tx, boardId, { words: find, reach: desk.reach, at: deps.now() })
      : await chosenBefore(tx, boardId, meanwhile),
  }))
  const path = pathOf(person)
  const done = DONE.find((word) => word === c.req.query('done'))
  const places = [
    ...(desk.givesMandatesAt(null) ? [{ value: '', text: words.board }] : []),
    ...schools.filter(({ schoolId }) => desk.givesMandatesAt(schoolId)).map(({ schoolId, name }) => ({ value: schoolId, text: name })),
  ]
  return (
    <Page
      c={c}
      title={person.name}
      errors={wrongDay ? [{ field: wrongDay, sentence: wrongDay === 'from' ? words.firstDayWrong : words.lastDayWrong }] : []}
    >
      <SchoolNav c={c} />
      {done && <Notice kind="ok">{words[done]}</Notice>}
      <Stopped c={c} />
      {meanwhile && <Notice kind="warning">{words.changedMeanwhile}</Notice>}
      {overtaken && <OvertakenNotice c={c} overtaken={overtaken} />}
      <Heading over={[person.groupName, person.employed && words.works].filter(Boolean).join(', ') || desk.around.boardName}>
        {person.name}
      </Heading>
      <Guardians c={c} desk={desk} person={person} open={guardianships} found={found} chosen={meanwhile} path={path} />
      <Mandates c={c} desk={desk} held={held} schools={schools} path={path} />
      {places.length > 0 && (
        <Giving c={c} path={path} person={person} places={places} isMe={person.personId === myself} wrongDay={wrongDay} />
      )}
      <SignsIn c={c} path={path} claimed={claimed} hasMail={hasMail} invitation={invitation} keeps={desk.keeps} />
      {tenures.length > 0 && <Leaving c={c} path={path} boardName={desk.around.boardName} tenures={tenures} shared={shared} />}
    </Page>
  )
}

/** Who was chosen to stand for the pupil, to be chosen again. */
async function chosenBefore(tx: Tx, boardId: BoardId, chosen: ChosenGuardian | undefined) {
  const person = chosen && (await personById(tx, boardId, chosen.guardianId))
  return person && [{ personId: person.personId, name: `${person.givenName} ${person.familyName}` }]
}

interface SignsInProps {
  c: Context<PageEnv>
  path: string
  claimed: boolean
  /** The school has an address of this person. */
  hasMail: boolean
  invitation: StandingInvitation | undefined
  keeps: boolean
}

/** How this person comes to sign in; who has an account and lost every way into it is let in anew. */
function SignsIn({ c, path, claimed, hasMail, invitation, keeps }: SignsInProps) {
  const { language, t } = c.var
  const words = t.people
  const seen = <input type="hidden" name="seen" value={invitation?.madeAt.toISOString() ?? ''} />
  if (!keeps) return <Section title={words.signsIn} intro={claimed ? words.signsInAlready : words.signsInNotYet} />
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.signsIn}</h2>
      {claimed ? (
        <>
          <P>{words.signsInAlready}</P>
          <FoldedAct title={words.releaseOpen} action={`${path}/release`} button={words.release}>
            <P>{words.releaseWhen}</P>
            <P>{words.releaseThen}</P>
          </FoldedAct>
        </>
      ) : (
        <>
          {invitation && <Notice kind="info">{words.invitedBefore[invitation.on](dayIn(language, invitation.madeAt))}</Notice>}
          {hasMail ? (
            <>
              <P>{words.inviteIntro}</P>
              <OnceForm action={`${path}/invite`}>
                {seen}
                <Button primary={false}>{words.invite}</Button>
              </OnceForm>
            </>
          ) : (
            <P>{words.inviteNoMail}</P>
          )}
          <P>{words.letterIntro}</P>
          <OnceForm action={`${path}/letter`}>
            {seen}
            <Button primary={false}>{words.letterMake}</Button>
          </OnceForm>
        </>
      )}
    </section>
  )
}
