import { type Context, Hono } from 'hono'
import { releasesFrom } from '../../people/release-account.ts'
import { ButtonLink, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, sessionIn, show, translatedPage } from '../page.tsx'
import { InvitationForm } from '../sign-in/invitation-pages.tsx'
import { dayIn } from '../texts/dates.ts'
import { namedIn } from '../texts/isolated.ts'
import { Answered } from './answered.tsx'
import type { Listed } from './my-consents.ts'
import { type Change, myHome, type Waiting, type WaitingRound } from './my-home.ts'
import type { MyTransfer } from './my-transfers.ts'
import { Asked, askerOf, Data, lastDayOf, Written } from './question.tsx'
import type { Suggested } from './suggested.tsx'

/** Home: what waits for whoever is signed in, what changed since their last visit, and nothing else. */
export function homeRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/', translatedPage, async (c) => show(c, await homePage(c)))
  return app
}

async function homePage(c: Context<PageEnv>) {
  const { t, around } = c.var
  const { waiting, changes, tips } = await myHome(c)
  const releases = await releasesFrom(c.var.deps.db, sessionIn(c).accountId, c.var.deps.now())
  return (
    <Page c={c} title={t.home.title}>
      {c.req.query('connected') && <Notice kind="ok">{t.invitation.done}</Notice>}
      {releases.map(({ boardName, personName, at }) => (
        <Notice kind="warning">{t.home.released(boardName, personName, dayIn(c.var.language, at))}</Notice>
      ))}
      <Heading>{t.home.title}</Heading>
      {waiting.length === 0 && around.length > 0 && (
        <>
          <P lead>{t.home.nothing}</P>
          <P>{t.home.nothingMore}</P>
        </>
      )}
      {waiting.map((one) => (
        <About c={c} waiting={one} />
      ))}
      {changes.length + tips.length > 0 && <Changes c={c} changes={changes} tips={tips} />}
      {around.length === 0 && (
        <>
          <P lead>{t.home.notConnected}</P>
          <P>{t.invitation.intro}</P>
          <InvitationForm c={c} />
        </>
      )}
    </Page>
  )
}

function About({ c, waiting: { subject, boardName, rounds, single, transfers } }: { c: Context<PageEnv>; waiting: Waiting }) {
  const { t } = c.var
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{subject.isMe ? t.home.aboutYou : t.home.about(subject.name)}</h2>
      {rounds.map((one) => (
        <RoundCard c={c} waiting={one} asker={boardName} path={`/rounds/${one.round.roundId}/${subject.personId}`} />
      ))}
      {single.map((one) => (
        <QuestionCard c={c} mine={one} />
      ))}
      {transfers.map((one) => (
        <TransferCard c={c} mine={one} />
      ))}
    </section>
  )
}

interface RoundCardProps {
  c: Context<PageEnv>
  waiting: WaitingRound
  asker: string
  path: string
}

function RoundCard({ c, waiting: { round, answered, all }, asker, path }: RoundCardProps) {
  const { t, language } = c.var
  return (
    <article class="card">
      <p class="over-title">{namedIn(language, asker)}</p>
      <h3 class="utrecht-heading-3 card__title">
        <Written language={language}>{round.title}</Written>
      </h3>
      <P>
        <Answered t={t} answered={answered} all={all} />
      </P>
      <ButtonLink href={path} primary>
        {answered === 0 ? t.home.begin : t.home.goOn}
      </ButtonLink>
    </article>
  )
}

function QuestionCard({ c, mine }: { c: Context<PageEnv>; mine: Listed }) {
  const { t, language } = c.var
  const { consent, subject, brief: question } = mine
  const way = !question.supplier ? '' : ` · ${consent.approach === 'subject' ? t.home.direct : t.home.viaSchool(question.board)}`
  return (
    <article class="card">
      <p class="over-title">
        {askerOf(question)}
        {way}
      </p>
      <h3 class="utrecht-heading-3 card__title">
        <Asked t={t} question={question} subject={subject} />
      </h3>
      <P>{t.consents.until(lastDayOf(language, question))}</P>
      <ButtonLink href={`/questions/${consent.consentId}`}>{t.home.open}</ButtonLink>
    </article>
  )
}

/** Its page is there in Dutch and English only, and so are its words. */
function TransferCard({ c, mine: { around, subject, one } }: { c: Context<PageEnv>; mine: MyTransfer }) {
  const { t, language } = c.var
  const words = t.transfers.mine
  return (
    <article class="card">
      <p class="over-title">{namedIn(language, around.boardName)}</p>
      <h3 class="utrecht-heading-3 card__title">
        <Written language={language}>{words.title}</Written>
      </h3>
      <P>
        <Written language={language}>{words.intro(subject.name, one.receiver.name)}</Written>
        {one.asksConsent && (
          <>
            {' '}
            <Written language={language}>{words.agree}</Written>
          </>
        )}
      </P>
      <ButtonLink href={`/rights/transfers/${one.transferId}`}>
        <Written language={language}>{words.link(subject.name)}</Written>
      </ButtonLink>
    </article>
  )
}

function Changes({ c, changes, tips }: { c: Context<PageEnv>; changes: Change[]; tips: Suggested[] }) {
  const { t, language } = c.var
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.home.changed}</h2>
      <ul class="changed">
        {tips.map(({ name, supplier, suggestedAt, board }) => (
          <li>
            <p class="over-title">
              {dayIn(language, suggestedAt)} · {t.home.suggested.from(board)}
            </p>
            <Link href="/link-codes#tips">
              <Written language={language}>{`${name}, ${supplier}`}</Written>
            </Link>
          </li>
        ))}
        {changes.map((change) => (
          <Happened c={c} change={change} />
        ))}
      </ul>
    </section>
  )
}

function Happened({ c, change }: { c: Context<PageEnv>; change: Change }) {
  const { t, language } = c.var
  const { kind, at } = change
  const what = kind === 'sixteen' && change.subject.isMe ? 'sixteenYou' : kind
  return (
    <li>
      <p class="over-title">
        {dayIn(language, at)} · {t.home.changes[what]}
      </p>
      {'mine' in change ? (
        <AboutConsent c={c} mine={change.mine} />
      ) : 'of' in change ? (
        <Link href={`/rights/cases/${change.of.one.caseId}`}>
          <Written language={language}>{t.cases.rights.one(t.cases.rights.kinds[change.of.one.kind], change.of.subjectName)}</Written>
        </Link>
      ) : 'given' in change ? (
        <Link href={`/rights/emergencies/${change.given.one.disclosureId}`}>{change.given.subject.name}</Link>
      ) : (
        <Link href="/consents">{change.subject.name}</Link>
      )}
    </li>
  )
}

function AboutConsent({ c, mine: { consent, subject, brief } }: { c: Context<PageEnv>; mine: Listed }) {
  const { language } = c.var
  return (
    <>
      <Link href={`/consents/${consent.consentId}`}>
        {askerOf(brief)}: {brief.image ? <Written language={language}>{brief.image.channel}</Written> : <Data of={brief} />}
      </Link>
      {!subject.isMe && <span class="soft"> ({subject.name})</span>}
    </>
  )
}
