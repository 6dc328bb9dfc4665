import type { Context } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import { newFormToken } from '../../accounts/forms.ts'
import { LEGAL_BASES } from '../../catalog/legal-basis.ts'
import { purposeById } from '../../catalog/purposes.ts'
import { addDays, amsterdamDay } from '../../clock.ts'
import type { FoundPerson } from '../../people/find-persons.ts'
import { Button, Choices, Field, Heading, Notice, P, Page, TextArea, Tick } from '../layout.tsx'
import type { PageEnv } from '../page.tsx'
import { Badge } from '../parent/consents-page.tsx'
import { Fact } from '../parent/question.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { RequestBadge } from './inbox-page.tsx'
import type { RequestView, SeenSubject } from './request-view.ts'
import { SchoolNav } from './school-nav.tsx'

/** A form that could not be taken as it was: what is wrong, where, and what was typed. */
export interface Wrong {
  field: string
  sentence: string
  typed?: Record<string, string>
}

interface Props {
  c: Context<PageEnv>
  view: RequestView
  decides: boolean
  find: string
  wrong: Wrong | undefined
  today: string
}

export function RequestPage(props: Props) {
  const { c, view, decides, wrong } = props
  const { t, language } = c.var
  const { request, state, contract } = view
  const names = view.dataSets.map((set) => (language === 'en' ? set.nameEn : set.nameNl))
  const title = t.school.ask(view.supplier, names.join(', '))
  return (
    <Page c={c} title={title} errors={wrong ? [wrong] : []}>
      <SchoolNav c={c} />
      <Done c={c} />
      <Heading over={t.school.received(dayIn(language, request.receivedAt))}>{title}</Heading>
      <p>
        <RequestBadge t={t} state={state.state} />
      </p>
      {request.narrowedAt && <Notice kind="info">{t.school.narrowedNote}</Notice>}
      {!decides && <Notice kind="info">{t.school.lookOnly}</Notice>}
      <dl class="facts card">
        <Fact name={t.school.labels.service}>{view.service}</Fact>
        <Fact name={t.school.labels.data}>{names.join(', ')}</Fact>
        <Fact name={t.school.labels.holder}>{view.holder}</Fact>
        <Fact name={t.school.labels.purpose}>{purposeById(request.purpose)?.[language] ?? request.purpose}</Fact>
        <Fact name={t.school.labels.occasion}>{request.occasion}</Fact>
        <Fact name={t.school.labels.reason}>{request.reason.nl}</Fact>
        {request.reason.en && <Fact name={t.school.labels.reasonEn}>{request.reason.en}</Fact>}
        <Fact name={t.school.labels.window}>
          {t.question.period(dayIn(language, request.startsAt), lastDayIn(language, request.endsAt))}
        </Fact>
        <Fact name={t.school.labels.school}>{view.school ?? t.school.wholeBoard}</Fact>
        <Fact name={t.school.labels.kind}>{request.subjectKind === 'pupil' ? t.school.pupils : t.school.employees}</Fact>
        <Fact name={t.school.labels.contract}>
          {contract === 'covered' ? t.school.covered : contract === 'none' ? t.school.noContract : t.school.notCovered}
        </Fact>
      </dl>
      <Subjects {...props} />
      {decides && state.state === 'received' && (
        <>
          <Narrow {...props} />
          <Forward {...props} />
        </>
      )}
      {decides && (state.state === 'forwarded' || state.state === 'released') && <Release {...props} />}
      {decides && state.state === 'released' && (
        <Section title={t.school.withdrawTitle} intro={t.school.withdrawIntro}>
          <Form view={view} verb="withdraw-release">
            <Button primary={false}>{t.school.withdraw}</Button>
          </Form>
        </Section>
      )}
      {decides && (state.state === 'received' || state.state === 'forwarded') && (
        <details class="more" open={wrong?.field === 'because'}>
          <summary>{t.school.refuseTitle}</summary>
          <div class="more__body">
            <P>{t.school.refuseIntro}</P>
            <Form view={view} verb="refuse">
              <TextArea
                name="because"
                label={t.school.because}
                hint={t.school.becauseHint}
                error={at(wrong, 'because')}
                value={wrong?.typed?.because}
              />
              <Button primary={false}>{t.school.refuse}</Button>
            </Form>
          </div>
        </details>
      )}
    </Page>
  )
}

const DONE = ['matched', 'narrowed', 'forwarded', 'released', 'withdrawn', 'refused'] as const

function Done({ c }: { c: Context<PageEnv> }) {
  const done = DONE.find((word) => word === c.req.query('done'))
  return done ? <Notice kind="ok">{c.var.t.school[done]}</Notice> : null
}

function Subjects(props: Props) {
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
    <div class="scroll" role="region" aria-label={t.school.subjects} tabindex={0}>
      <table class="utrecht-table utrecht-table--html-table">
        <thead class="utrecht-table__header">
          <tr class="utrecht-table__row">
            <th class="utrecht-table__header-cell" scope="col">
              {t.school.reference}
            </th>
            <th class="utrecht-table__header-cell" scope="col">
              {t.school.person}
            </th>
            {showsAnswers && (
              <th class="utrecht-table__header-cell" scope="col">
                {t.school.answers}
              </th>
            )}
          </tr>
        </thead>
        <tbody class="utrecht-table__body">
          {view.subjects.map((subject) => (
            <tr class="utrecht-table__row">
              <td class="utrecht-table__cell">{shortened(subject.reference)}</td>
              <td class="utrecht-table__cell">
                {personOf(subject) ?? subject.hint ?? t.school.unknown}
                {subject.leftOut && <div class="soft">{t.school.leftOut[subject.leftOut]}</div>}
              </td>
              {showsAnswers && (
                <td class="utrecht-table__cell">
                  {subject.answer && <Badge t={t} state={subject.answer.state.state} />}
                  {subject.covered && <div class="soft">{t.school.coveredAlready}</div>}
                </td>
              )}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Match({ c, view }: Props) {
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

function Pick({ c, view }: Props) {
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

function Narrow({ c, view, wrong, today }: Props) {
  const { t, language } = c.var
  const { request, dataSets, subjects } = view
  const named = subjects.filter(({ leftOut }) => leftOut === null)
  return (
    <details class="more" id="narrow" open={wrong?.field === 'narrow'}>
      <summary>{t.school.narrowTitle}</summary>
      <div class="more__body">
        <P>{t.school.narrowIntro}</P>
        <Form view={view} verb="narrow">
          {dataSets.length > 1 && (
            <Group legend={t.school.narrowData}>
              {dataSets.map((set) => (
                <Tick
                  name="without"
                  value={set.datatype}
                  id={`without-${set.datatype}`}
                  text={language === 'en' ? set.nameEn : set.nameNl}
                />
              ))}
            </Group>
          )}
          <Field
            name="until"
            label={t.school.narrowUntil}
            hint={t.school.narrowUntilHint(lastDayIn(language, request.endsAt))}
            input={{
              type: 'date',
              min: addDays(today, 1),
              max: amsterdamDay(new Date(request.endsAt.getTime() - 1)),
              autocomplete: 'off',
            }}
          />
          {named.length > 1 && (
            <Group legend={t.school.narrowPersons}>
              {named.map((subject, nr) => (
                <Tick
                  name="leave"
                  value={subject.reference}
                  id={`leave-${nr}`}
                  text={personOf(subject) ?? subject.hint ?? shortened(subject.reference)}
                />
              ))}
            </Group>
          )}
          <Button primary={false}>{t.school.narrow}</Button>
        </Form>
      </div>
    </details>
  )
}

function Forward({ c, view, wrong }: Props) {
  const { t } = c.var
  const typed = wrong?.typed
  return (
    <Section title={t.school.forwardTitle} intro={view.request.subjectKind === 'pupil' ? t.school.forwardIntro : t.school.forwardStaff}>
      <Form view={view} verb="forward">
        <TextArea
          name="alternative"
          label={t.school.alternative}
          hint={t.school.alternativeHint}
          error={at(wrong, 'alternative')}
          value={typed?.alternative}
        />
        <TextArea name="alternative_en" label={t.school.alternativeEn} value={typed?.alternative_en} />
        <Choices
          name="basis"
          label={t.school.basis}
          hint={t.school.basisHint}
          chosen={typed?.basis ?? 'consent'}
          options={LEGAL_BASES.map((basis) => ({ value: basis, text: t.school.bases[basis] }))}
        />
        <TextArea name="motivation" label={t.school.motivation} error={at(wrong, 'motivation')} value={typed?.motivation} />
        {view.request.subjectKind === 'pupil' && (
          <Tick name="guide" value="yes" id="guide" text={t.school.guide} ticked={typed?.guide === 'yes'} />
        )}
        <Button>{t.school.forward}</Button>
      </Form>
    </Section>
  )
}

function Release({ c, view }: Props) {
  const { t } = c.var
  const asked = view.subjects.filter(({ consentId }) => consentId !== null)
  const yes = asked.filter((subject) => subject.mayBeReleased)
  const ofPupils = view.request.subjectKind === 'pupil'
  return (
    <Section title={t.school.releaseTitle} intro={ofPupils ? t.school.releaseIntro : t.school.staffHidden}>
      {ofPupils && <P>{t.school.releaseCount(String(yes.length), String(asked.length))}</P>}
      <Form view={view} verb="release">
        {ofPupils && <Tick name="later" value="yes" id="later" text={t.school.coversLater} />}
        <Button>{t.school.release}</Button>
      </Form>
    </Section>
  )
}

function Section({ title, intro, children }: PropsWithChildren<{ title: string; intro?: string }>) {
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{title}</h2>
      {intro && <P>{intro}</P>}
      {children}
    </section>
  )
}

function Group({ legend, children }: PropsWithChildren<{ legend: string }>) {
  return (
    <fieldset class="utrecht-form-fieldset utrecht-form-fieldset--html-fieldset">
      <legend class="utrecht-form-fieldset__legend utrecht-form-fieldset__legend--html-legend">{legend}</legend>
      {children}
    </fieldset>
  )
}

function Form({ view, verb, children }: PropsWithChildren<{ view: RequestView; verb: string }>) {
  return (
    <form method="post" action={`/school/requests/${view.request.requestId}/${verb}`} novalidate>
      <input type="hidden" name="form" value={newFormToken()} />
      {children}
    </form>
  )
}

const at = (wrong: Wrong | undefined, field: string) => (wrong?.field === field ? wrong.sentence : undefined)

function personOf({ name, groupName }: SeenSubject): string | undefined {
  return name === null ? undefined : groupName ? `${name}, ${groupName}` : name
}

function foundName({ givenName, familyName, groupName }: FoundPerson): string {
  return groupName ? `${givenName} ${familyName}, ${groupName}` : `${givenName} ${familyName}`
}

/** References of ours are long and say nothing. */
function shortened(reference: string): string {
  return reference.length > 24 ? `${reference.slice(0, 12)}…` : reference
}
