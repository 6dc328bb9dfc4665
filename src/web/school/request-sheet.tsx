import type { Context } from 'hono'
import { purposeName } from '../../catalog/purposes.ts'
import { Fact, Heading, Notice, P, Section } from '../blocks.tsx'
import { Button, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import type { PageEnv } from '../page.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { RequestBadge } from './inbox-page.tsx'
import { OvertakenNotice } from './overtaken.tsx'
import { Forward, Narrow, PassOn, Release, StaffCouncil } from './request-decisions.tsx'
import { at, Form, type RequestProps } from './request-form.tsx'
import { Subjects } from './request-subjects.tsx'
import { WhatItIs } from './request-verdict.tsx'
import { SchoolNav } from './school-nav.tsx'

/** A request as staff read it, with what this person can do to it now. */
export function RequestPage(props: RequestProps) {
  const { c, view, decides, wrong, overtaken } = props
  const { t, language } = c.var
  const { request, state, contract } = view
  const names = view.dataSets.map((set) => (language === 'en' ? set.nameEn : set.nameNl))
  const title = t.school.ask(view.supplier, names.join(', '))
  return (
    <Page c={c} title={title} errors={wrong ? [wrong] : []}>
      <SchoolNav c={c} />
      <Done c={c} />
      {overtaken && <OvertakenNotice c={c} overtaken={overtaken} />}
      <Heading over={t.school.received(dayIn(language, request.receivedAt))}>{title}</Heading>
      <p>
        <RequestBadge t={t} state={state.state} />
      </p>
      {view.verdict && <WhatItIs c={c} verdict={view.verdict} />}
      {request.narrowedAt && <Notice kind="info">{t.school.narrowedNote}</Notice>}
      {!decides && <Notice kind="info">{t.school.lookOnly}</Notice>}
      <dl class="facts card">
        <Fact name={t.school.labels.service}>{view.service}</Fact>
        <Fact name={t.school.labels.data}>{names.join(', ')}</Fact>
        <Fact name={t.school.labels.holder}>{view.holder}</Fact>
        <Fact name={t.school.labels.purpose}>{purposeName(request.purpose, language, c.var.toStudents) ?? request.purpose}</Fact>
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
          {request.subjectKind === 'employee' && <StaffCouncil {...props} />}
          <Narrow {...props} />
          {view.verdict?.is === 'covered' && <PassOn {...props} />}
          {(view.verdict?.is === 'unforeseen' || view.verdict?.is === 'to_match') && <Forward {...props} />}
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
        <details class="more" open={wrong?.field === 'because' || view.verdict?.is === 'not_allowed'}>
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

const DONE = ['matched', 'narrowed', 'councilRecorded', 'forwarded', 'passed', 'released', 'withdrawn', 'refused'] as const

function Done({ c }: { c: Context<PageEnv> }) {
  const done = DONE.find((word) => word === c.req.query('done'))
  return done ? <Notice kind="ok">{c.var.t.school[done]}</Notice> : null
}
