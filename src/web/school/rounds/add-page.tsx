import { type Context, Hono } from 'hono'
import { type Candidate, candidatesFor } from '../../../consents/candidates.ts'
import { ButtonLink, Heading, Link, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Page } from '../../layout.tsx'
import { type PageEnv, show, signedInPage } from '../../page.tsx'
import { listIn } from '../../texts/dates.ts'
import { atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { ownRound, pathOf } from './round-desk.ts'

/** What can be added to a draft, with what may be done with it: asked, told, or as the school judges (K01, K02). */
export function addRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/rounds/:roundId/add', signedInPage, async (c) => show(c, await addPage(c)))
  return app
}

async function addPage(c: Context<PageEnv>) {
  const { t, deps } = c.var
  const words = t.rounds.add
  const { desk, round } = await ownRound(c)
  const path = pathOf(round)
  const candidates = await atDesk(c, desk, (tx) => candidatesFor(tx, desk.around.actor.boardId, round, deps.now()))
  const parts = candidates.filter(({ holder }) => !holder)
  const handedOver = candidates.filter(({ holder }) => holder)
  return (
    <Page c={c} title={words.title}>
      <SchoolNav c={c} />
      <Heading over={round.title}>{words.title}</Heading>
      <P lead>{words.intro}</P>
      <Section title={words.images} intro={words.imagesIntro}>
        <p>
          <ButtonLink href={`${path}/add/image`} primary>
            {words.image}
          </ButtonLink>
        </p>
      </Section>
      <Section title={words.contracts}>
        {candidates.length === 0 && <P>{words.contractsNone}</P>}
        {parts.map((candidate) => (
          <CandidateCard c={c} path={path} candidate={candidate} />
        ))}
        {handedOver.length > 0 && (
          <details class="more">
            <summary>{words.others}</summary>
            <div class="more__body">
              {handedOver.map((candidate) => (
                <CandidateCard c={c} path={path} candidate={candidate} />
              ))}
            </div>
          </details>
        )}
      </Section>
      <p class="links">
        <Link href={path}>{t.rounds.preview.back}</Link>
      </p>
    </Page>
  )
}

const LOOKS = { ask: 'safe', either: 'neutral', tell: 'warning' } as const

function CandidateCard({ c, path, candidate }: { c: Context<PageEnv>; path: string; candidate: Candidate }) {
  const { t, language } = c.var
  const words = t.rounds.add
  const { gate, part, holder, service, minimumAge, supplier, data, itemIds, key } = candidate
  const id = `candidate-${key.replaceAll('.', '-')}`
  return (
    <article class="card">
      <div class="spread">
        <h3 class="utrecht-heading-3 card__title" id={id}>
          {service}: {holder ? words.fromHolder(holder.name) : (part?.name ?? words.whole)}
        </h3>
        <span class={`utrecht-status-badge utrecht-status-badge--${LOOKS[gate.may]}`}>{words.may[gate.may]}</span>
      </div>
      <P>
        {supplier}
        <br />
        <span class="soft">
          {part
            ? part.explanation
            : listIn(
                language,
                data.map((set) => (language === 'en' ? set.en : set.nl)),
              )}
        </span>
      </P>
      {minimumAge !== null && <P>{t.services.fromAge(String(minimumAge))}</P>}
      <P>{gate.may === 'tell' ? words.why[gate.because] : words.why[gate.may]}</P>
      <p class="links">
        <a class="utrecht-link utrecht-link--html-a" href={`${path}/add/${key}`} aria-describedby={id}>
          {words.choose[gate.may]}
        </a>
        {itemIds.length > 0 && <span class="soft">{words.here}</span>}
      </p>
    </article>
  )
}
