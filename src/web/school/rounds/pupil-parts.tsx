import type { Context } from 'hono'
import { P, Section } from '../../blocks.tsx'
import { Button, Choices, Field, Radios } from '../../fields.tsx'
import { OnceForm } from '../../once-form.tsx'
import type { PageEnv } from '../../page.tsx'
import { Badge } from '../../parent/consents-page.tsx'
import { nameOfItem } from './item-parts.tsx'
import type { Again, AtPupil } from './pupil-desk.ts'
import { pathOf } from './round-desk.ts'

interface PartProps {
  c: Context<PageEnv>
  at: AtPupil
}

/** Each question and how it stands. */
export function Questions({ c, at }: PartProps) {
  const { t } = c.var
  const words = t.rounds.pupil
  return (
    <Section title={words.questions}>
      <ul class="cards">
        {at.pupil.questions.map(({ consent, state }) => (
          <li class="card spread">
            <span>
              {nameOfItem(t, at.briefs.get(consent.itemId)!)}{' '}
              <a
                class="utrecht-link utrecht-link--html-a"
                href={`${pathOf(at.round)}/items/${consent.itemId}`}
                aria-label={`${words.read}: ${nameOfItem(t, at.briefs.get(consent.itemId)!)}`}
              >
                {words.read}
              </a>
            </span>
            <Badge t={t} of={{ state }} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Answers of one decider: each question on its own, none filled in beforehand, none by silence (P10). */
export function Recording({ c, at, again }: PartProps & { again: Again }) {
  const { t } = c.var
  const words = t.rounds.pupil
  const { pupil, shown, briefs, path } = at
  const { typed = {}, wrong = new Set<string>() } = again
  const open = pupil.questions.filter(({ consent }) => shown.has(consent.consentId))
  if (open.length === 0) return null
  return (
    <Section title={words.record} intro={words.lead}>
      <OnceForm action={path}>
        <Radios
          name="decider"
          legend={words.from}
          error={wrong.has('decider') && words.fromWrong}
          chosen={typed.decider}
          options={pupil.deciders.map(({ personId, name }) => ({ value: personId, text: name }))}
        />
        <Radios
          name="method"
          legend={words.how}
          error={wrong.has('method') && words.howWrong}
          chosen={typed.method}
          options={(['paper', 'phone', 'desk'] as const).map((way) => ({ value: way, text: words.ways[way] }))}
        />
        <Choices
          name="language"
          label={words.language}
          chosen={typed.language ?? 'nl'}
          options={(['nl', 'en'] as const).map((language) => ({ value: language, text: words.languages[language] }))}
        />
        <div id="answers" tabindex={-1}>
          {wrong.has('answers') && <div class="utrecht-form-field-error-message">{words.nothing}</div>}
          {open.map(({ consent: { consentId, itemId, revision } }) => (
            <>
              <input type="hidden" name={`seen-${consentId}`} value={String(revision)} />
              <input type="hidden" name={`shown-nl-${consentId}`} value={shown.get(consentId)!.nl} />
              <input type="hidden" name={`shown-en-${consentId}`} value={shown.get(consentId)!.en} />
              <Radios
                name={`answer-${consentId}`}
                legend={nameOfItem(t, briefs.get(itemId)!)}
                chosen={typed[`answer-${consentId}`]}
                options={[
                  { value: 'yes', text: words.yes },
                  { value: 'no', text: words.no },
                ]}
              />
            </>
          ))}
        </div>
        <Button>{words.save}</Button>
      </OnceForm>
    </Section>
  )
}

/** What is rare: stopping for somebody who says so, and taking back what was filled in wrongly. */
export function Undoing({ c, at, again }: PartProps & { again: Again }) {
  const { t } = c.var
  const words = t.rounds.pupil
  const { pupil, briefs, path } = at
  const { typed = {}, wrong = new Set<string>() } = again
  const answered = pupil.questions.filter(({ consent, state }) => consent.answers.length > 0 && at.shown.has(consent.consentId) && state)
  const given = answered.filter(({ state }) => state.state === 'given' || state.state === 'conflict')
  const named = (questions: typeof answered) =>
    questions.map(({ consent }) => ({ value: consent.consentId, text: nameOfItem(t, briefs.get(consent.itemId)!) }))
  const people = pupil.deciders.map(({ personId, name }) => ({ value: personId as string, text: name }))
  const mayStop = people.some(({ value }) => value === at.personId) ? people : [...people, { value: at.personId as string, text: at.name }]
  return (
    <>
      {given.length > 0 && (
        <details class="more">
          <summary>{words.stop}</summary>
          <div class="more__body">
            <P>{words.stopIntro}</P>
            <OnceForm action={`${path}/stop`}>
              <Choices name="consent" id="stop-consent" label={words.questions} options={named(given)} />
              <Choices name="decider" id="stop-decider" label={words.from} options={mayStop} />
              <Choices
                name="method"
                id="stop-method"
                label={words.how}
                options={(['paper', 'phone', 'desk'] as const).map((way) => ({ value: way, text: words.ways[way] }))}
              />
              <Button primary={false}>{words.stopGo}</Button>
            </OnceForm>
          </div>
        </details>
      )}
      {answered.length > 0 && (
        <details class="more" open={wrong.has('because')}>
          <summary>{words.mistake}</summary>
          <div class="more__body">
            <P>{words.mistakeIntro}</P>
            <OnceForm action={`${path}/undo`}>
              <Choices name="consent" id="undo-consent" label={words.questions} chosen={typed.consent ?? ''} options={named(answered)} />
              <Field
                name="because"
                label={words.mistakeWhy}
                error={wrong.has('because') && words.mistakeWhyWrong}
                input={{ maxlength: 2000, autocomplete: 'off' }}
              />
              <Button primary={false}>{words.mistakeGo}</Button>
            </OnceForm>
          </div>
        </details>
      )}
    </>
  )
}
