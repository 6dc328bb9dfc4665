import type { Context } from 'hono'
import { waits } from '../../consents/questions.ts'
import { Heading, P } from '../blocks.tsx'
import { Button } from '../fields.tsx'
import { WithDutch } from '../languages.tsx'
import { Page } from '../layout.tsx'
import type { PageEnv } from '../page.tsx'
import type { MyRound } from './my-round.ts'
import { Asked } from './question.tsx'
import { WhatIsSaid } from './review.tsx'
import type { GivenAnswers } from './round-answers.ts'

/** Every answer that is about to be sent, one by one, and how many stay open. */
export function RoundReview({ c, mine, given, path }: { c: Context<PageEnv>; mine: MyRound; given: GivenAnswers; path: string }) {
  const { t, language } = c.var
  const words = t.question.review
  const left = mine.items.filter(({ consent }) => waits(consent)).length - given.chosen.length
  return (
    <Page c={c} title={words.title}>
      <Heading over={mine.subject.isMe ? t.home.aboutYou : t.home.about(mine.subject.name)}>{words.title}</Heading>
      {given.chosen.map(({ item: { shown }, reply }) => (
        <section>
          <h2 class="utrecht-heading-3 utrecht-heading-3--distanced">
            <Asked t={t} question={shown.question} subject={mine.subject} />
          </h2>
          <p class="utrecht-paragraph">
            <strong>{reply.answer === 'yes' ? words.yes : words.no}</strong>
          </p>
          <WhatIsSaid c={c} shown={shown} reply={reply} />
        </section>
      ))}
      {left > 0 && <P>{t.round.stayOpen(String(left))}</P>}
      <form method="post" action={path}>
        <input type="hidden" name="form" value={given.form} />
        <input type="hidden" name="language" value={language} />
        {given.chosen.map(({ item: { consent }, value, reply }) => (
          <>
            <input type="hidden" name={`answer-${consent.consentId}`} value={value} />
            <input type="hidden" name={`shown-${consent.consentId}`} value={Buffer.from(reply.shownHash).toString('hex')} />
          </>
        ))}
        <div class="choice">
          <Button name="reviewed" value="1">
            <WithDutch c={c} words={({ round }) => round.send} />
          </Button>
          <Button primary={false} name="change" value="1">
            {words.change}
          </Button>
        </div>
      </form>
    </Page>
  )
}
