import { type Context, Hono } from 'hono'
import type { State } from '../../consents/consent.ts'
import type { SeenConsent, SharedItem } from '../../consents/questions.ts'
import type { Subject } from '../around.ts'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, show, translatedPage } from '../page.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { canStop, type Listed, myShared, OVER } from './my-consents.ts'
import { type MyTransfer, myTransfers } from './my-transfers.ts'
import { askerOf, Data, Written } from './question.tsx'

/** "Mijn toestemmingen": who may see what about whom, until when, with and without consent; always current (K21). */
export function consentsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/consents', translatedPage, async (c) => show(c, await consentsPage(c)))
  return app
}

async function consentsPage(c: Context<PageEnv>) {
  const { t, around } = c.var
  const rows = await myShared(c)
  const transfers = await myTransfers(c)
  const subjects = around
    .flatMap((one) => one.subjects)
    .filter((one) => one.belongs || [...rows, ...transfers].some(({ subject }) => subject === one))
  return (
    <Page c={c} title={t.consents.title}>
      <Heading>{t.consents.title}</Heading>
      <P lead>{t.consents.intro}</P>
      <p class="links">
        <Link href="/receipts">{t.consents.receipts}</Link>
        {rows.some(({ brief }) => brief.image) && <Link href="/consents/images">{t.consents.images.title}</Link>}
        <Link href="/link-codes">{t.frame.linkCodes}</Link>
      </p>
      {subjects.length === 0 && <P>{t.consents.nobody}</P>}
      {subjects.map((subject) => (
        <>
          <SubjectSection c={c} subject={subject} rows={rows.filter((row) => row.subject === subject)} />
          <Dossiers c={c} transfers={transfers.filter((one) => one.subject === subject)} />
        </>
      ))}
    </Page>
  )
}

function SubjectSection({ c, subject, rows }: { c: Context<PageEnv>; subject: Subject; rows: Listed<SharedItem>[] }) {
  const { t } = c.var
  const told = rows.filter(({ consent }) => consent.state.state === 'informed' && !consent.left)
  const over = rows.filter(({ consent }) => consent.left || consent.state.state === 'refused' || OVER.has(consent.state.state))
  const asked = rows.filter((row) => !told.includes(row) && !over.includes(row))
  const images = asked.filter(({ brief }) => brief.image)
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{subject.isMe ? t.consents.aboutYou : t.consents.about(subject.name)}</h2>
      {decidesAlone(subject) && <P>{t.consents.decidesAlone(subject.name)}</P>}
      {!subject.belongs && <P>{t.consents.leftIntro}</P>}
      {subject.belongs && asked.length + told.length === 0 && <P>{t.consents.nothing}</P>}
      {asked.length > 0 && (
        <>
          <h3 class="utrecht-heading-3 utrecht-heading-3--distanced">{t.consents.withConsent}</h3>
          {asked
            .filter(({ brief }) => !brief.image)
            .map((row) => (
              <ConsentCard c={c} row={row} />
            ))}
          {[...Map.groupBy(images, ({ brief }) => brief.image!.channel)].map(([channel, ofChannel]) => (
            <ChannelCard c={c} channel={channel} rows={ofChannel} />
          ))}
        </>
      )}
      {told.length > 0 && (
        <>
          <h3 class="utrecht-heading-3 utrecht-heading-3--distanced">{t.consents.without}</h3>
          <P>{t.consents.withoutIntro}</P>
          {told.map((row) => (
            <ConsentCard c={c} row={row} />
          ))}
        </>
      )}
      {over.length > 0 && (
        <details class="more">
          <summary>{t.consents.over}</summary>
          <div class="more__body">
            {over.map((row) => (
              <ConsentCard c={c} row={row} />
            ))}
          </div>
        </details>
      )}
    </section>
  )
}

/** What goes, or went, to another school: shared too, and not by a question. Its page is there in Dutch and English only. */
function Dossiers({ c, transfers }: { c: Context<PageEnv>; transfers: MyTransfer[] }) {
  const { language, t } = c.var
  const words = t.transfers
  if (transfers.length === 0) return null
  return (
    <section>
      <h3 class="utrecht-heading-3 utrecht-heading-3--distanced">
        <Written language={language}>{words.mine.title}</Written>
      </h3>
      {transfers.map(({ one, subject }) => (
        <article class="card">
          <h4 class="utrecht-heading-3 card__title">{one.receiver.name}</h4>
          <P>
            <Written language={language}>
              {one.sent ? words.sentOn(dayIn(language, one.sent.at)) : words.offeredOn(dayIn(language, one.offeredAt))}
            </Written>
          </P>
          <p class="links">
            <Link href={`/rights/transfers/${one.transferId}`}>
              <Written language={language}>{words.mine.link(subject.name)}</Written>
            </Link>
          </p>
        </article>
      ))}
    </section>
  )
}

function ConsentCard({ c, row: { consent, brief: question } }: { c: Context<PageEnv>; row: Listed<SharedItem> }) {
  const { t, language } = c.var
  const { state } = consent
  const path = `/consents/${consent.consentId}`
  const stoppable = canStop(consent)
  return (
    <article class="card">
      <div class="spread">
        <h4 class="utrecht-heading-3 card__title">{askerOf(question)}</h4>
        <Badge t={t} of={consent} />
      </div>
      <P>
        {question.image ? (
          <>
            {t.question.media[question.image.medium]}, <Written language={language}>{question.image.channel}</Written>
          </>
        ) : (
          <Data of={question} />
        )}
        <br />
        <span class="soft">
          {consent.takenOver
            ? t.consents.takenOverIntro
            : t.consents.until(lastDayIn(language, state.state === 'given' ? state.until : consent.item.endsAt))}
        </span>
        {state.state === 'informed' && (
          <>
            <br />
            <span class="soft">{t.consents.basis[consent.legalBasis]}</span>
          </>
        )}
      </P>
      {question.supplier && !consent.takenOver && (state.state !== 'unanswered' || consent.issued.count > 0) && (
        <P>
          {consent.issued.count + consent.delivered.count === 0
            ? t.consents.issuedNone
            : t.consents.counts(String(consent.issued.count), String(consent.delivered.count))}
        </P>
      )}
      <p class="links">
        <Link href={path}>{t.consents.see}</Link>
        {stoppable && <Link href={`${path}/stop`}>{t.consents.stop}</Link>}
        {state.state === 'unanswered' && !consent.left && <Link href={`/questions/${consent.consentId}`}>{t.consents.question}</Link>}
      </p>
    </article>
  )
}

/** One place where pictures are shown, with what may be shown there: each medium is a consent of its own (P24, P25). */
function ChannelCard({ c, channel, rows }: { c: Context<PageEnv>; channel: string; rows: Listed<SharedItem>[] }) {
  const { t, language } = c.var
  return (
    <article class="card">
      <h4 class="utrecht-heading-3 card__title">
        <Written language={language}>{channel}</Written>
      </h4>
      {rows.map(({ consent, brief }) => {
        const path = `/consents/${consent.consentId}`
        return (
          <div class="medium">
            <div class="spread">
              <span>{t.question.media[brief.image!.medium]}</span>
              <Badge t={t} of={consent} />
            </div>
            <p class="links">
              <Link href={path}>{t.consents.see}</Link>
              {canStop(consent) && <Link href={`${path}/stop`}>{t.consents.stop}</Link>}
              {consent.state.state === 'unanswered' && !consent.left && (
                <Link href={`/questions/${consent.consentId}`}>{t.consents.question}</Link>
              )}
            </p>
          </div>
        )
      })}
    </article>
  )
}

/** A pupil whom this parent no longer decides for: they see what they gave, and what the pupil shares. */
const decidesAlone = ({ isMe, belongs, mayGive }: Subject) => !isMe && belongs && !mayGive

const LOOKS: Record<State, 'safe' | 'warning' | 'danger' | 'neutral'> = {
  given: 'safe',
  unanswered: 'warning',
  conflict: 'warning',
  unknown: 'warning',
  informed: 'neutral',
  refused: 'neutral',
  withdrawn: 'neutral',
  invalidated: 'neutral',
  lapsed: 'neutral',
  expired: 'neutral',
}

type Shown = { state: { state: State } } & Partial<Pick<SeenConsent, 'left' | 'takenOver'>>

export function Badge({ t, of: { state, left, takenOver } }: { t: PageEnv['Variables']['t']; of: Shown }) {
  const instead = takenOver ? t.consents.takenOver : left && !OVER.has(state.state) && t.consents.left
  return (
    <span class={`utrecht-status-badge utrecht-status-badge--${instead ? 'neutral' : LOOKS[state.state]}`}>
      {instead || t.consents.states[state.state]}
    </span>
  )
}
