import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import { clocksOf } from '../../cases/incident.ts'
import { amsterdamTime } from '../../clock.ts'
import { Notice, P, Section } from '../blocks.tsx'
import { Button, Field, TextArea, Tick } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import { dayIn, momentIn } from '../texts/dates.ts'
import type { Again, SeenIncident } from './incident-desk.ts'

interface StepProps {
  c: Context<PageEnv>
  found: SeenIncident
  again: Again
}

const Revision = ({ found }: Pick<StepProps, 'found'>) => <input type="hidden" name="revision" value={String(found.one.revision)} />
const pathOf = ({ one }: SeenIncident, verb: string) => `/school/incidents/${one.incidentId}/${verb}`

/** The data protection officer is told first and advises; whoever was not reached has to be called (P44, P45). */
export function Advice({ c, found, again }: StepProps) {
  const { t, language } = c.var
  const words = t.incidents.dpo
  const { one, desk, nameOf } = found
  return (
    <Section title={words.title}>
      {one.dpoToldAt ? <P>{words.told(momentIn(language, one.dpoToldAt))}</P> : <Notice kind="warning">{words.nobody}</Notice>}
      {one.advised ? (
        <article class="card">
          <P>
            <span class="soft">{words.said(nameOf(`person:${one.advised.by}`), dayIn(language, one.advised.at))}</span>
            <br />
            {one.advised.advice}
          </P>
        </article>
      ) : desk.advises && !one.closed ? (
        <OnceForm action={pathOf(found, 'advise')}>
          <Revision found={found} />
          <TextArea name="advice" label={words.advice} error={again.wrong.has('advice') && words.adviceWrong} value={again.typed.advice} />
          <Button>{words.give}</Button>
        </OnceForm>
      ) : (
        !one.decided && one.dpoToldAt && <P>{words.waits}</P>
      )}
    </Section>
  )
}

export function Decision({ c, found, again }: StepProps) {
  const { t, language } = c.var
  const words = t.incidents.decide
  const { one, desk, nameOf } = found
  if (one.decided) {
    const { authority, people, reasons, by, at } = one.decided
    return (
      <Section title={words.title}>
        <article class="card">
          <P>
            <span class="soft">{words.by(nameOf(`person:${by}`), dayIn(language, at))}</span>
            <br />
            <strong>{words.is(authority ? words.yes : words.no, people ? words.yes : words.no)}</strong>
            <br />
            {reasons}
          </P>
        </article>
      </Section>
    )
  }
  if (!desk.decides) return null
  return (
    <Section title={words.title} intro={words.intro}>
      <OnceForm action={pathOf(found, 'decide')}>
        <Revision found={found} />
        <Tick name="authority" value="yes" id="authority" text={words.authority} ticked={again.typed.authority === 'yes'} />
        <Tick name="people" value="yes" id="people" text={words.people} ticked={again.typed.people === 'yes'} />
        <TextArea
          name="reasons"
          label={words.reasons}
          error={again.wrong.has('reasons') && words.reasonsWrong}
          value={again.typed.reasons}
        />
        <Button>{words.send}</Button>
      </OnceForm>
    </Section>
  )
}

/** What was decided to be told is told, and that is written down with its moment. */
export function Telling({ c, found, again }: StepProps) {
  const { t, language } = c.var
  const words = t.incidents.tell
  const { one } = found
  if (!one.decided) return null
  const told = one.authorityTold
  return (
    <>
      {one.decided.authority && told && (
        <P>
          {words.authorityDone(momentIn(language, told.at))} {told.reference && words.number(told.reference)}{' '}
          {told.at > clocksOf(one.awareAt).strictest && <strong>{words.authorityLate}</strong>}
        </P>
      )}
      {one.decided.authority && !told && (
        <Told c={c} found={found} again={again} verb="authority" field="authorityAt" title={words.authorityTitle}>
          <Field name="reference" label={words.reference} input={{ maxlength: 100, value: again.typed.reference ?? '' }} />
        </Told>
      )}
      {one.decided.people && one.peopleToldAt && <P>{words.peopleDone(momentIn(language, one.peopleToldAt))}</P>}
      {one.decided.people && !one.peopleToldAt && (
        <Told c={c} found={found} again={again} verb="people" field="peopleAt" title={words.peopleTitle} />
      )}
    </>
  )
}

interface ToldProps extends StepProps {
  verb: string
  field: 'authorityAt' | 'peopleAt'
  title: string
  children?: Child
}

function Told({ c, found, again, verb, field, title, children }: ToldProps) {
  const words = c.var.t.incidents.tell
  if (!found.desk.decides || found.one.closed) return null
  const now = amsterdamTime(c.var.deps.now())
  return (
    <Section title={title}>
      <OnceForm action={pathOf(found, verb)}>
        <Revision found={found} />
        <Field
          name={field}
          label={words.moment}
          error={again.wrong.has(field) && words.momentWrong}
          input={{ type: 'datetime-local', max: now, value: again.typed[field] ?? now }}
        />
        {children}
        <Button>{words.send}</Button>
      </OnceForm>
    </Section>
  )
}

export function Closing({ c, found, again }: StepProps) {
  const { t } = c.var
  const words = t.incidents.close
  const { one, desk } = found
  if (one.closed) {
    return (
      <Section title={words.learnt}>
        <P>{one.closed.lessons}</P>
      </Section>
    )
  }
  const { decided } = one
  const settled = decided && (!decided.authority || one.authorityTold) && (!decided.people || one.peopleToldAt)
  if (!settled || !desk.decides) return null
  return (
    <Section title={words.title}>
      <OnceForm action={pathOf(found, 'close')}>
        <Revision found={found} />
        <TextArea
          name="lessons"
          label={words.lessons}
          error={again.wrong.has('lessons') && words.lessonsWrong}
          value={again.typed.lessons}
        />
        <Button>{words.send}</Button>
      </OnceForm>
    </Section>
  )
}
