import type { Context } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import type { Reply } from '../../consents/consent.ts'
import type { ShownText } from '../../consents/shown-text.ts'
import type { Subject } from '../around.ts'
import { Fact, Heading, P } from '../blocks.tsx'
import { Button } from '../fields.tsx'
import { WithDutch } from '../languages.tsx'
import { Page } from '../layout.tsx'
import type { PageEnv } from '../page.tsx'
import { lastDayIn } from '../texts/dates.ts'
import type { Given } from './answer-form.tsx'
import { Asked, Data, Written } from './question.tsx'

interface ReviewProps {
  c: Context<PageEnv>
  action: string
  shown: ShownText
  subject: Pick<Subject, 'name' | 'isMe'>
  given: Given
  reply: Reply
}

/** What is about to be sent, in words, before it is; or back, with what was filled in. The children are hidden fields. */
export function ReviewPage({ c, action, shown, subject, given, reply, children }: PropsWithChildren<ReviewProps>) {
  const { t } = c.var
  const words = t.question.review
  const yes = reply.answer === 'yes'
  return (
    <Page c={c} title={words.title}>
      <Heading over={<Asked t={t} question={shown.question} subject={subject} />}>{words.title}</Heading>
      <P lead>{yes ? words.yes : words.no}</P>
      <WhatIsSaid c={c} shown={shown} reply={reply} />
      <form method="post" action={action}>
        {children}
        <input type="hidden" name="shown" value={given.shown} />
        <input type="hidden" name="language" value={given.language} />
        <input type="hidden" name="answer" value={reply.answer} />
        {given.without.map((datatype) => (
          <input type="hidden" name="without" value={datatype} />
        ))}
        {given.until && <input type="hidden" name="until" value={given.until} />}
        <div class="choice">
          <Button name="reviewed" value="1">
            <WithDutch c={c} words={({ question: { review } }) => (yes ? review.sendYes : review.sendNo)} />
          </Button>
          <Button primary={false} name="change" value="1">
            {words.change}
          </Button>
        </div>
      </form>
    </Page>
  )
}

/** A yes by what it shares, what it leaves out and until when; a no by what happens then. */
export function WhatIsSaid({ c, shown: { question }, reply }: { c: Context<PageEnv>; shown: ShownText; reply: Reply }) {
  const { t, language } = c.var
  const words = t.question.review
  if (reply.answer === 'no') {
    return (
      <dl class="facts card">
        <Fact name={words.whatThen}>
          <Written language={language}>{question.alternative}</Written>
        </Fact>
      </dl>
    )
  }
  const shares = ({ datatype }: { datatype: string }) => !reply.datatypes || reply.datatypes.includes(datatype)
  const left = question.data.filter((one) => !shares(one))
  return (
    <dl class="facts card">
      {question.image && (
        <Fact name={t.question.labels.channel}>
          {t.question.media[question.image.medium]}: {question.image.channel}
        </Fact>
      )}
      {question.data.length > 0 && (
        <Fact name={words.shares}>
          <Data of={{ data: question.data.filter(shares), language }} />
        </Fact>
      )}
      {left.length > 0 && (
        <Fact name={words.leavesOut}>
          <Data of={{ data: left, language }} />
        </Fact>
      )}
      <Fact name={words.until}>{lastDayIn(language, reply.untilAt ?? question.endsAt)}</Fact>
    </dl>
  )
}
