import { LEGAL_BASES } from '../../catalog/legal-basis.ts'
import { addDays, amsterdamDay, startOfAmsterdamDay } from '../../clock.ts'
import { P, Section } from '../blocks.tsx'
import { Button, Choices, Field, Group, TextArea, Tick } from '../fields.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { at, Form, type RequestProps } from './request-form.tsx'
import { personOf, shortened } from './request-subjects.tsx'

/** The school takes away before it asks. */
export function Narrow({ c, view, wrong, today }: RequestProps) {
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

/** Data of staff: first the staff part of the council consents, and that is recorded here (P22, D01). */
export function StaffCouncil({ c, view, wrong }: RequestProps) {
  const { t, language, deps } = c.var
  const words = t.rounds.draft
  return (
    <Section title={words.council} intro={words.councilStaff}>
      {view.council ? (
        <P>{words.councilIs(view.council.council, dayIn(language, startOfAmsterdamDay(view.council.approvedOn)))}</P>
      ) : (
        <Form view={view} verb="council">
          <Field
            name="about"
            label={words.councilAbout}
            error={at(wrong, 'about')}
            input={{ value: wrong?.typed?.about ?? view.service, maxlength: 200, autocomplete: 'off' }}
          />
          <Field
            name="on"
            label={words.councilOn}
            error={at(wrong, 'on')}
            input={{ type: 'date', max: amsterdamDay(deps.now()), value: wrong?.typed?.on, autocomplete: 'off' }}
          />
          <Button primary={false}>{words.councilRecord}</Button>
        </Form>
      )}
    </Section>
  )
}

/** Step 2: with what happens at no, and on which basis. */
export function Forward({ c, view, wrong }: RequestProps) {
  const { t } = c.var
  const typed = wrong?.typed
  return (
    <Section title={t.school.forwardTitle} intro={view.request.subjectKind === 'pupil' ? t.school.forwardIntro : t.school.forwardStaff}>
      <Form view={view} verb="forward">
        <input type="hidden" name="seen" value={view.seen} />
        <TextArea
          name="alternative"
          label={t.school.alternative}
          hint={t.school.alternativeHint}
          error={at(wrong, 'alternative')}
          value={typed?.alternative ?? view.lastAlternative?.nl}
        />
        <TextArea name="alternative_en" label={t.school.alternativeEn} value={typed?.alternative_en ?? view.lastAlternative?.en ?? ''} />
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

/** Everybody was asked before: the request goes on without a question. */
export function PassOn({ c, view }: RequestProps) {
  const { t } = c.var
  return (
    <Section title={t.school.passTitle} intro={t.school.passIntro}>
      <Form view={view} verb="pass">
        <input type="hidden" name="seen" value={view.seen} />
        <Button>{t.school.pass}</Button>
      </Form>
    </Section>
  )
}

/** Step 4, for who said yes. */
export function Release({ c, view }: RequestProps) {
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
