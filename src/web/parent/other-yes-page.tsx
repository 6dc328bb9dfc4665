import type { Context } from 'hono'
import { ButtonLink, Heading, P } from '../blocks.tsx'
import { Button } from '../fields.tsx'
import { WithDutch } from '../languages.tsx'
import { Page } from '../layout.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import type { Whole } from './my-consents.ts'
import { Asked, askerOf } from './question.tsx'
import { InShort, LeavesEurope } from './question-facts.tsx'

/**
 * Another decider said yes: the question in five lines, and one press that says no. Where the mail leads. Whatever opens
 * the link decides nothing: the button does.
 */
export function OtherYesPage({ c, mine: { subject, consent, shown } }: { c: Context<PageEnv>; mine: Whole }) {
  const { t } = c.var
  const { question, hash } = shown
  const path = `/questions/${consent.consentId}`
  return (
    <Page c={c} title={t.question.otherYes.title}>
      <Heading over={askerOf(question)}>
        <Asked t={t} question={question} subject={subject} />
      </Heading>
      <P lead>{t.question.otherYes.intro}</P>
      <InShort t={t} question={question} subject={subject} direct={consent.approach === 'subject'} />
      <LeavesEurope t={t} question={question} />
      <OnceForm action={path}>
        <input type="hidden" name="shown" value={hash.toString('hex')} />
        <input type="hidden" name="language" value={question.language} />
        <input type="hidden" name="reviewed" value="1" />
        <div class="choice">
          <Button name="answer" value="no">
            <WithDutch c={c} words={({ question: { otherYes } }) => otherYes.no} />
          </Button>
          <ButtonLink href={path}>{t.question.otherYes.read}</ButtonLink>
        </div>
      </OnceForm>
      <P>{t.question.otherYes.agree}</P>
    </Page>
  )
}
