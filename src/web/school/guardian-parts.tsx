import type { Context } from 'hono'
import { amsterdamDay } from '../../clock.ts'
import type { PersonId } from '../../ids.ts'
import type { HeldGuardianship, Registered } from '../../people/register.ts'
import type { Authority, GuardianshipKind } from '../../people/who-may-answer.ts'
import { Link, P } from '../blocks.tsx'
import { Button, Choices, Field } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import { lastDayIn } from '../texts/dates.ts'
import type { RegisterDesk } from './register-desk.ts'

/** What somebody filled in of who stands for a pupil. */
export interface ChosenGuardian {
  guardianId: PersonId
  kind: GuardianshipKind
  authority: Authority
  /** YYYY-MM-DD, or nothing. */
  until: string
}

interface Props {
  c: Context<PageEnv>
  desk: RegisterDesk
  person: Registered
  open: HeldGuardianship[]
  /** Who was found with the words of `?guardian=`, to be recorded as standing for this pupil. */
  found: Pick<Registered, 'personId' | 'name'>[] | undefined
  /** What was chosen before somebody else came in between. */
  chosen: ChosenGuardian | undefined
  path: string
}

/** Who stands for this pupil, with the forms to change it; or for whom this person stands. */
export function Guardians({ c, desk, person, open, found, chosen, path }: Props) {
  const words = c.var.t.people.guardians
  const ofPupil = open.filter(({ pupilId }) => pupilId === person.personId)
  const seen = ofPupil.map(({ guardianshipId }) => guardianshipId).join(',')
  const isHeld = ofPupil.some(({ guardianId }) => guardianId === chosen?.guardianId)
  const stands = open.filter(({ guardianId }) => guardianId === person.personId)
  return (
    <>
      {stands.length > 0 && (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.stands}</h2>
          <ul class="utrecht-unordered-list">
            {stands.map(({ pupilId, pupil, kind, authority }) => (
              <li class="utrecht-unordered-list__item">
                <Link href={`/school/people/${pupilId}`}>{pupil}</Link> {words.how(words.kinds[kind], words.short[authority])}
              </li>
            ))}
          </ul>
        </section>
      )}
      {(person.groupName !== null || ofPupil.length > 0) && (
        <section>
          <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.title}</h2>
          {desk.keeps && <P>{words.intro}</P>}
          {ofPupil.length === 0 && <P>{words.none}</P>}
          {ofPupil.map((held) => (
            <article class="card">
              <Held c={c} held={held} />
              {desk.keeps && (
                <Changing c={c} held={held} seen={seen} chosen={held.guardianId === chosen?.guardianId ? chosen : undefined} path={path} />
              )}
            </article>
          ))}
          {desk.keeps && (
            <Recording
              c={c}
              person={person}
              found={isHeld ? undefined : found}
              seen={seen}
              chosen={isHeld ? undefined : chosen}
              path={path}
            />
          )}
        </section>
      )}
    </>
  )
}

function Held({ c, held: { guardian, kind, authority, endsAt } }: Pick<ChangingProps, 'c' | 'held'>) {
  const { t, language } = c.var
  const words = t.people.guardians
  return (
    <>
      <h3 class="utrecht-heading-3 card__title">{guardian}</h3>
      <P>
        {words.how(words.kinds[kind], words.short[authority])}
        {endsAt && ` ${t.people.until(lastDayIn(language, endsAt))}`}
      </P>
    </>
  )
}

interface ChangingProps extends Pick<Props, 'c' | 'chosen' | 'path'> {
  held: HeldGuardianship
  /** The guardianships of the pupil as they stand on this page. */
  seen: string
}

function Changing({ c, held, seen, chosen, path }: ChangingProps) {
  const words = c.var.t.people.guardians
  const { guardianshipId, guardianId, kind, authority, endsAt } = held
  return (
    <>
      <OnceForm action={`${path}/guardians`}>
        <input type="hidden" name="guardian" value={guardianId} />
        <input type="hidden" name="seen" value={seen} />
        <input type="hidden" name="kind" value={kind} />
        <input type="hidden" name="until" value={endsAt ? amsterdamDay(new Date(endsAt.getTime() - 1)) : ''} />
        <Choices
          name="authority"
          id={`authority-${guardianshipId}`}
          label={words.authority}
          options={optionsOf(words.authorities)}
          chosen={chosen?.authority ?? authority}
        />
        <Button primary={false}>{words.change}</Button>
      </OnceForm>
      <OnceForm action={`${path}/guardians-end`}>
        <input type="hidden" name="guardianship" value={guardianshipId} />
        <Button primary={false}>{words.end}</Button>
      </OnceForm>
    </>
  )
}

/** First find who it is, then say who they are to the pupil. */
function Recording({ c, person, found, seen, chosen, path }: Omit<Props, 'open' | 'desk'> & Pick<ChangingProps, 'seen'>) {
  const words = c.var.t.people.guardians
  const others = found?.filter(({ personId }) => personId !== person.personId) ?? []
  return (
    <details class="more" open={found !== undefined}>
      <summary>{words.add}</summary>
      <div class="more__body">
        <form method="get" action={path}>
          <Field name="guardian" id="find-guardian" label={words.find} input={{ type: 'search', maxlength: 200, autocomplete: 'off' }} />
          <Button primary={false}>{c.var.t.people.findButton}</Button>
        </form>
        {found && others.length === 0 && <P>{words.foundNone}</P>}
        {others.length > 0 && (
          <OnceForm action={`${path}/guardians`}>
            <input type="hidden" name="seen" value={seen} />
            <Choices name="guardian" label={words.who} options={others.map(({ personId, name }) => ({ value: personId, text: name }))} />
            <Choices name="kind" label={words.kind} options={optionsOf(words.kinds)} chosen={chosen?.kind ?? 'parent'} />
            <Choices
              name="authority"
              label={words.authority}
              options={optionsOf(words.authorities)}
              chosen={chosen?.authority ?? 'unknown'}
            />
            <Field
              name="until"
              id="guardian-until"
              label={c.var.t.people.lastDay}
              input={{ type: 'date', value: chosen?.until || undefined }}
            />
            <Button>{words.record}</Button>
          </OnceForm>
        )}
      </div>
    </details>
  )
}

const optionsOf = (texts: Record<string, string>) => Object.entries(texts).map(([value, text]) => ({ value, text }))
