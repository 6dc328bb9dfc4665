import { type Context, Hono } from 'hono'
import { transferReceiptJson } from '../../cases/transfer-receipt-27560.ts'
import { MOST_RECEIPTS, type Receipt, type ReceiptLine } from '../../consents/receipt.ts'
import { receiptJson } from '../../consents/receipt-27560.ts'
import type { Language } from '../../languages.ts'
import { Fact, Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, signedInPage } from '../page.tsx'
import { lastDayIn, momentIn } from '../texts/dates.ts'
import { messages } from '../texts/messages.ts'
import { myReceipt, myReceipts, myTransferReceipt, myTransferReceipts, nameOf } from './my-receipts.ts'
import { askerOf, dataIn } from './question.tsx'
import { KeepReceipt, ProofFacts } from './receipt-parts.tsx'
import { TransferReceiptCard, transferReceiptPage } from './transfer-receipt.tsx'

/** Receipts: what somebody did themselves, on the screen, on paper and as a file in the fields of ISO/IEC TS 27560. */
export function receiptRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/receipts', signedInPage, async (c) => show(c, await receiptsPage(c)))
  app.get('/receipts/:receiptId', signedInPage, async (c) => show(c, receiptPage(c, await myReceipt(c))))
  app.get('/receipts/:receiptId/json', signedInPage, async (c) => {
    const receipt = await myReceipt(c)
    c.header('Content-Disposition', `attachment; filename="bewijs-${receipt.receiptId}.json"`)
    return c.json(receiptJson(receipt, c.var.deps.issuer))
  })

  app.get('/receipts/transfers/:inspectionId', signedInPage, async (c) => show(c, transferReceiptPage(c, await myTransferReceipt(c))))
  app.get('/receipts/transfers/:inspectionId/json', signedInPage, async (c) => {
    const receipt = await myTransferReceipt(c)
    c.header('Content-Disposition', `attachment; filename="bewijs-${receipt.inspectionId}.json"`)
    return c.json(transferReceiptJson(receipt, c.var.deps.issuer, messages[receipt.language].transfers.mine.change))
  })
  return app
}

async function receiptsPage(c: Context<PageEnv>) {
  const { t } = c.var
  const lines = await myReceipts(c)
  const ofTransfers = await myTransferReceipts(c)
  return (
    <Page c={c} title={t.receipt.title}>
      <Heading>{t.receipt.title}</Heading>
      <P lead>{t.receipt.intro}</P>
      {lines.length + ofTransfers.length === 0 && <P>{t.receipt.none}</P>}
      {lines.length >= MOST_RECEIPTS && <P>{t.onlyNewest(String(lines.length))}</P>}
      {[...lines, ...ofTransfers]
        .toSorted((a, b) => b.madeAt.getTime() - a.madeAt.getTime())
        .map((one) => ('receiptId' in one ? <ReceiptCard c={c} line={one} /> : <TransferReceiptCard c={c} receipt={one} />))}
    </Page>
  )
}

function ReceiptCard({ c, line }: { c: Context<PageEnv>; line: ReceiptLine }) {
  const { t, language } = c.var
  const { receiptId, act, madeAt, undoneAt, question, subjectId } = line
  return (
    <article class="card">
      <p class="over-title">
        {askerOf(question)} · {nameOf(c, subjectId)}
      </p>
      <h2 class="utrecht-heading-3 card__title">
        {t.receipt.acts[act]} {t.receipt.at(momentIn(language, madeAt))}
      </h2>
      <P>
        <span lang={question.language === language ? undefined : question.language}>{whatOf(c, line)}</span>
        {undoneAt && <span class="soft"> {t.receipt.undone(momentIn(language, undoneAt))}</span>}
      </P>
      <Link href={`/receipts/${receiptId}`}>{t.receipt.see}</Link>
    </article>
  )
}

function whatOf(c: Context<PageEnv>, { question }: Pick<ReceiptLine, 'question'>): string {
  return question.image ? `${c.var.t.question.media[question.image.medium]}, ${question.image.channel}` : dataIn(question)
}

function receiptPage(c: Context<PageEnv>, receipt: Receipt) {
  const { t, language } = c.var
  const words = t.receipt
  const { act, question, madeAt, undoneAt, receiptId, datatypes } = receipt
  const shared = question.data.filter(({ datatype }) => !datatypes || datatypes.includes(datatype))
  return (
    <Page c={c} title={`${words.one}: ${words.acts[act]}`}>
      <Heading over={words.one}>{words.acts[act]}</Heading>
      <dl class="facts card">
        <Fact name={words.what}>
          <strong>{words.acts[act]}</strong>
          {undoneAt && <div>{words.undone(momentIn(language, undoneAt))}</div>}
        </Fact>
        <Fact name={words.when}>{momentIn(language, madeAt)}</Fact>
        <Fact name={words.how}>{words.methods[receipt.method]}</Fact>
        <Fact name={words.who}>
          {receipt.personName}, {words.ties[receipt.tie]}
        </Fact>
        {receipt.personId !== receipt.subjectId && <Fact name={words.about}>{nameOf(c, receipt.subjectId)}</Fact>}
        <Fact name={words.asked}>{askerOf(question)}</Fact>
        <Fact name={words.data}>
          <InOwn receipt={receipt} language={language}>
            {question.image ? whatOf(c, receipt) : dataIn({ data: shared, language: receipt.language })}
          </InOwn>
        </Fact>
        <Fact name={words.purpose}>
          <InOwn receipt={receipt} language={language}>
            {question.reason}
          </InOwn>
        </Fact>
        {act === 'yes' && <Fact name={words.until}>{lastDayIn(language, receipt.untilAt ?? question.endsAt)}</Fact>}
        <Fact name={words.meansTitle}>{words.means[act === 'withdrawn' && question.image ? 'withdrawnPicture' : act]}</Fact>
        {act === 'yes' && (
          <Fact name={words.stop}>
            <InOwn receipt={receipt} language={language}>
              {question.stopping}
            </InOwn>
          </Fact>
        )}
        {question.leaflet && (
          <Fact name={words.contact}>
            {question.leaflet.contact.name}, {question.leaflet.contact.email}
          </Fact>
        )}
        <ProofFacts c={c} shownHash={receipt.shownHash} id={receiptId} />
      </dl>
      <KeepReceipt c={c} path={`/receipts/${receiptId}`} from={{ href: `/consents/${receipt.consentId}`, text: words.consent }} />
    </Page>
  )
}

/** What was shown stands as it was shown, in the language of that moment, and says which that was. */
function InOwn({ receipt, language, children }: { receipt: Receipt; language: Language; children: string }) {
  return <span lang={receipt.language === language ? undefined : receipt.language}>{children}</span>
}
