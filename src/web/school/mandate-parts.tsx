import type { Context } from 'hono'
import type { SchoolId } from '../../ids.ts'
import type { HeldMandate, Registered } from '../../people/register.ts'
import { P } from '../blocks.tsx'
import { Button, Choices, Field } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import type { RegisterDesk } from './register-desk.ts'

interface MandatesProps {
  c: Context<PageEnv>
  desk: RegisterDesk
  held: HeldMandate[]
  schools: { schoolId: SchoolId; name: string }[]
  path: string
}

/** What somebody may do here, since when and by whom, each with a button for who may end it. */
export function Mandates({ c, desk, held, schools, path }: MandatesProps) {
  const { t, language } = c.var
  const words = t.people
  const place = (schoolId: SchoolId | null) => schools.find((school) => school.schoolId === schoolId)?.name ?? words.board
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.mandates}</h2>
      {held.length === 0 && <P>{words.mandatesNone}</P>}
      {held.map(({ mandateId, personId, role, schoolId, groupName, givenBy, startsAt, endsAt }) => (
        <article class="card">
          <h3 class="utrecht-heading-3 card__title">{words.roles[role]}</h3>
          <P>
            {[place(schoolId), groupName].filter(Boolean).join(', ')}
            <br />
            <span class="soft">{words.since(dayIn(language, startsAt), givenBy ?? words.operator)}</span>
            {endsAt && (
              <>
                <br />
                <span class="soft">{words.until(lastDayIn(language, endsAt))}</span>
              </>
            )}
          </P>
          {(desk.givesMandatesAt(schoolId) || (desk.keeps && personId === desk.around.actor.personId)) && (
            <OnceForm action={`${path}/end`}>
              <input type="hidden" name="mandate" value={mandateId} />
              <Button primary={false}>{words.end}</Button>
            </OnceForm>
          )}
        </article>
      ))}
    </section>
  )
}

interface GivingProps {
  c: Context<PageEnv>
  path: string
  person: Registered
  /** Where whoever looks may give a mandate; the empty value is the whole board. */
  places: { value: string; text: string }[]
  isMe: boolean
  wrongDay: 'from' | 'until' | undefined
}

/** The form to give a mandate, or why there is none. */
export function Giving({ c, path, person, places, isMe, wrongDay }: GivingProps) {
  const words = c.var.t.people
  const roles = Object.entries(words.roles).map(([value, text]) => ({ value, text }))
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.give}</h2>
      {isMe && <P>{words.giveSelf}</P>}
      {!(isMe || person.employed) && <P>{words.giveOnly}</P>}
      {!isMe && person.employed && (
        <OnceForm action={`${path}/give`}>
          <Choices name="role" label={words.role} options={roles} chosen="teacher" />
          <Choices name="school" label={words.where} options={places} />
          <Field name="group" label={words.group} input={{ maxlength: 100, autocomplete: 'off' }} />
          <Field name="from" label={words.firstDay} error={wrongDay === 'from' && words.firstDayWrong} input={{ type: 'date' }} />
          <Field name="until" label={words.lastDay} error={wrongDay === 'until' && words.lastDayWrong} input={{ type: 'date' }} />
          <Button>{words.giveButton}</Button>
        </OnceForm>
      )}
    </section>
  )
}
