import type { Context } from 'hono'
import type { FoundPerson } from '../../people/find-persons.ts'
import { Fact, P, Section } from '../blocks.tsx'
import { Button, Choices, Field, Tick } from '../fields.tsx'
import type { PageEnv } from '../page.tsx'
import { Badge } from '../parent/consents-page.tsx'
import { Row, Table } from '../table.tsx'
import { listIn } from '../texts/dates.ts'
import { Form, type RequestProps } from './request-form.tsx'
import type { RequestView, SeenSubject } from './request-view.ts'

/** Whom a request is about: matched or picked before it goes out, and with the answers of pupils after. */
export function Subjects(props: RequestProps) {
  const { c, view, decides, find } = props
  const { t } = c.var
  const { request, state, subjects } = view
  const matching = decides && state.state === 'received'
  return (
    <Section title={t.school.subjects}>
      {request.schoolPicks && <P>{t.school.picksNote}</P>}
      {request.subjectKind === 'employee' && <P>{t.school.staffHidden}</P>}
      {subjects.length > 0 && !(matching && !request.schoolPicks) && <SubjectTable c={c} view={view} />}
      {matching && (
        <form method="get" action={`/school/requests/${request.requestId}`}>
          <Field name="find" label={t.school.find} input={{ type: 'search', value: find, maxlength: 200, autocomplete: 'off' }} />
          <Button primary={false}>{t.school.findButton}</Button>
        </form>
      )}
      {matching && find && <P>{t.school.found(String(view.found.length))}</P>}
      {matching && !request.schoolPicks && <Match {...props} />}
      {matching && request.schoolPicks && <Pick {...props} />}
    </Section>
  )
}

function SubjectTable({ c, view }: { c: Context<PageEnv>; view: RequestView }) {
  const { t } = c.var
  const showsAnswers = view.request.subjectKind === 'pupil' && view.state.state !== 'received'
  return (
    <Table label={t.school.subjects} head={[t.school.reference, t.school.person, ...(showsAnswers ? [t.school.answers] : [])]}>
      {view.subjects.map((subject) => (
        <Row
          cells={[
            shortened(subject.reference),
            <>
              {personOf(subject) ?? subject.hint ?? t.school.unknown}
              {subject.leftOut && <div class="soft">{t.school.leftOut[subject.leftOut]}</div>}
            </>,
            ...(showsAnswers ? [<AnswerOf c={c} subject={subject} />] : []),
          ]}
        />
      ))}
    </Table>
  )
}

/** What came of the question about somebody, and who of the supplier would see the data. */
function AnswerOf({ c, subject }: { c: Context<PageEnv>; subject: SeenSubject }) {
  const { t, language } = c.var
  const { answer, covered, guides, mayBeReleased } = subject
  return (
    <>
      {answer && <Badge t={t} of={answer} />}
      {covered && <div class="soft">{t.school.coveredAlready}</div>}
      {guides && mayBeReleased && (
        <div class="soft">{guides.length > 0 ? t.school.guides(listIn(language, guides)) : t.school.noGuide}</div>
      )}
    </>
  )
}

function Match({ c, view }: RequestProps) {
  const { t } = c.var
  const named = view.subjects.filter(({ leftOut }) => leftOut === null)
  return (
    <Form view={view} verb="match">
      {named.map((subject, nr) => {
        const { candidates, subjectId, reference, hint } = subject
        const chosen = subjectId ?? (candidates.length === 1 ? candidates[0]!.personId : '')
        return (
          <div class="card">
            <dl class="facts">
              <Fact name={t.school.reference}>{shortened(reference)}</Fact>
              {hint && <Fact name={t.school.hint}>{hint}</Fact>}
            </dl>
            <input type="hidden" name="reference" value={reference} />
            <input type="hidden" name="seen" value={subjectId ?? ''} />
            <Choices
              name="person"
              id={`person-${nr}`}
              label={t.school.personFor(String(nr + 1))}
              chosen={chosen}
              options={[
                { value: '', text: t.school.unknown },
                ...(subjectId ? [{ value: subjectId, text: personOf(subject) ?? '' }] : []),
                ...candidates
                  .filter(({ personId }) => personId !== subjectId)
                  .map((person) => ({ value: person.personId, text: foundName(person) })),
              ]}
            />
          </div>
        )
      })}
      <Button>{t.school.match}</Button>
    </Form>
  )
}

function Pick({ c, view }: RequestProps) {
  const { t } = c.var
  const picked = new Set(view.subjects.map(({ subjectId }) => subjectId))
  const others = view.found.filter(({ personId }) => !picked.has(personId))
  return (
    <>
      <P>{t.school.pickIntro}</P>
      {others.length > 0 && (
        <Form view={view} verb="pick">
          {others.map((person) => (
            <Tick name="person" value={person.personId} id={`pick-${person.personId}`} text={foundName(person)} />
          ))}
          <Button>{view.request.subjectKind === 'pupil' ? t.school.pick : t.school.pickStaff}</Button>
        </Form>
      )}
    </>
  )
}

export function personOf({ name, groupName }: SeenSubject): string | undefined {
  return name === null ? undefined : groupName ? `${name}, ${groupName}` : name
}

function foundName({ givenName, familyName, groupName }: FoundPerson): string {
  return groupName ? `${givenName} ${familyName}, ${groupName}` : `${givenName} ${familyName}`
}

/** References of ours are long and say nothing. */
export function shortened(reference: string): string {
  return reference.length > 24 ? `${reference.slice(0, 12)}…` : reference
}
