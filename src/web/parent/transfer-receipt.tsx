import type { Context } from 'hono'
import type { TransferReceipt } from '../../cases/transfer-receipt.ts'
import { Fact, Heading, Link, P } from '../blocks.tsx'
import { Page } from '../layout.tsx'
import type { PageEnv } from '../page.tsx'
import { momentIn } from '../texts/dates.ts'
import { nameOf } from './my-receipts.ts'
import { KeepReceipt, ProofFacts } from './receipt-parts.tsx'

/** A line in the list of receipts, of what somebody said of a dossier that goes to another school. */
export function TransferReceiptCard({ c, receipt }: { c: Context<PageEnv>; receipt: TransferReceipt }) {
  const { t, language } = c.var
  const { act, boardName, inspectionId, madeAt, receiver, subjectId } = receipt
  return (
    <article class="card">
      <p class="over-title">
        {boardName} · {nameOf(c, subjectId)}
      </p>
      <h2 class="utrecht-heading-3 card__title">
        {t.receipt.transfer.acts[act]} {t.receipt.at(momentIn(language, madeAt))}
      </h2>
      <P>{t.receipt.transfer.what(receiver.name)}</P>
      <Link href={`/receipts/transfers/${inspectionId}`}>{t.receipt.see}</Link>
    </article>
  )
}

/** That receipt on the screen and on paper. */
export function transferReceiptPage(c: Context<PageEnv>, receipt: TransferReceipt) {
  const { t, language } = c.var
  const words = t.receipt
  const { act, inspectionId, madeAt, receiver, remarks } = receipt
  return (
    <Page c={c} title={`${words.one}: ${words.transfer.acts[act]}`}>
      <Heading over={words.one}>{words.transfer.acts[act]}</Heading>
      <dl class="facts card">
        <Fact name={words.what}>
          <strong>{words.transfer.acts[act]}</strong>
        </Fact>
        <Fact name={words.when}>{momentIn(language, madeAt)}</Fact>
        <Fact name={words.how}>{words.methods.web}</Fact>
        <Fact name={words.who}>
          {receipt.personName}, {words.ties[receipt.tie]}
        </Fact>
        {receipt.personId !== receipt.subjectId && <Fact name={words.about}>{nameOf(c, receipt.subjectId)}</Fact>}
        <Fact name={words.asked}>{receipt.boardName}</Fact>
        <Fact name={words.transfer.to}>{t.transfers.receiver(receiver.name, receiver.scheme, receiver.value)}</Fact>
        <Fact name={words.data}>
          <span class="said">{receipt.contents}</span>
        </Fact>
        <Fact name={words.transfer.remarks}>{remarks ? <span class="said">{remarks}</span> : words.transfer.noRemarks}</Fact>
        <Fact name={words.meansTitle}>{words.transfer.means[act]}</Fact>
        <ProofFacts c={c} shownHash={receipt.shownHash} id={inspectionId} />
      </dl>
      <KeepReceipt
        c={c}
        path={`/receipts/transfers/${inspectionId}`}
        from={{ href: `/rights/transfers/${receipt.transferId}`, text: words.transfer.page }}
      />
    </Page>
  )
}
