import type { Context } from 'hono'
import { receiptsOf } from '../../consents/receipt.ts'
import { Refusal } from '../../refusal.ts'
import { ButtonLink, Heading, Link, Notice, P } from '../blocks.tsx'
import { Page } from '../layout.tsx'
import type { PageEnv } from '../page.tsx'
import { lastDayIn, momentIn } from '../texts/dates.ts'
import { myConsent, myQuestions } from './my-consents.ts'
import { Asked, dataIn } from './question.tsx'
import { Undo } from './undo.tsx'

/** What somebody answered, what it means now, and how to take it back: read from what is recorded, so it is also the proof that it is. */
export async function donePage(c: Context<PageEnv>) {
  const { t, language } = c.var
  const { subject, consent, shown, more } = await myConsent(c, async (tx, { around, consent }) => ({
    receipts: await receiptsOf(tx, consent.boardId, around.actor.personId, consent.consentId),
  }))
  const answer = consent.mine
  if (!answer) throw new Refusal('consent_not_found')
  const next = (await myQuestions(c)).find((other) => other.consent.consentId !== consent.consentId)
  const yes = answer.answer === 'yes'
  const receipt = more.receipts.find(({ act }) => act === answer.answer)
  const { question } = shown
  const shares = question.data.filter(({ datatype }) => !answer.datatypes || answer.datatypes.includes(datatype))
  const title = yes ? t.question.done.yesTitle : t.question.done.noTitle
  return (
    <Page c={c} title={title}>
      <Heading over={<Asked t={t} question={question} subject={subject} />}>{title}</Heading>
      <Notice kind="ok">{t.question.done.recorded(momentIn(language, answer.answeredAt))}</Notice>
      {consent.state.state === 'conflict' && (
        <Notice kind="warning">{consent.approach === 'subject' ? t.question.done.conflictDirectly : t.question.done.conflict}</Notice>
      )}
      {!yes && <P>{t.question.done.noMeans}</P>}
      {yes && (
        <>
          {shares.length > 0 && <P>{t.question.done.shared(dataIn({ data: shares, language }))}</P>}
          <P>{t.question.done.yesMeans(lastDayIn(language, answer.untilAt ?? consent.item.endsAt))}</P>
          {!subject.isMe && <P>{t.question.done.others}</P>}
        </>
      )}
      <P>{t.question.done.canStop}</P>
      {receipt && (
        <P>
          <Link href={`/receipts/${receipt.receiptId}`}>{t.consents.receipt}</Link>
        </P>
      )}
      <div class="utrecht-button-group">
        {next ? (
          <ButtonLink href={`/questions/${next.consent.consentId}`} primary>
            {t.question.done.next}
          </ButtonLink>
        ) : (
          <ButtonLink href="/consents" primary>
            {t.question.done.toList}
          </ButtonLink>
        )}
      </div>
      <P>
        <Link href={`/questions/${consent.consentId}`}>{t.question.done.change}</Link>
      </P>
      <Undo c={c} consent={consent} />
    </Page>
  )
}
