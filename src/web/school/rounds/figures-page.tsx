import { type Context, Hono } from 'hono'
import { figuresOf, type ItemFigures } from '../../../consents/figures.ts'
import { FEWEST_SHOWN, type Split } from '../../../consents/small-groups.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Page } from '../../layout.tsx'
import { type PageEnv, show, signedInPage } from '../../page.tsx'
import { briefsOf } from '../../parent/brief.ts'
import { Row, Table } from '../../table.tsx'
import { numberIn } from '../../texts/numbers.ts'
import { atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { nameOfItem } from './item-parts.tsx'
import { pathOf, roundAtDesk, seesSchool } from './round-desk.ts'

/** The figures of a round: counts and shares, for the board and for the schools one has to do with; never of a few people (D05, D10). */
export function figuresRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/rounds/:roundId/figures', signedInPage, async (c) => show(c, await figuresPage(c)))
  return app
}

async function figuresPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.rounds.figures
  const { desk, round, items } = await roundAtDesk(c)
  if (!round.publishedAt) throw new Refusal('round_not_found')
  const { figures, briefs } = await atDesk(c, desk, async (tx) => ({
    figures: new Map((await figuresOf(tx, round, deps.now())).map((one) => [one.itemId, one])),
    briefs: await briefsOf(tx, items, language),
  }))
  const asked = items.filter(({ legalBasis, itemId }) => legalBasis === 'consent' && figures.has(itemId))
  return (
    <Page c={c} title={words.title}>
      <SchoolNav c={c} />
      <Heading over={round.title}>{words.title}</Heading>
      <P lead>{round.subjectKind === 'pupil' ? words.intro(String(FEWEST_SHOWN)) : words.introStaff(String(FEWEST_SHOWN))}</P>
      {asked.length === 0 && <P>{t.rounds.progress.none}</P>}
      {asked.map((item) => {
        const one = figures.get(item.itemId)!
        const schools = one.schools.filter(({ schoolId }) => seesSchool(desk.sees, schoolId))
        const label = nameOfItem(t, briefs.get(item.itemId)!)
        return (
          <Section title={label}>
            <Table label={label} head={[words.who, words.answered, words.yes, words.no]}>
              <Figures c={c} name={words.board} of={one} />
              {schools.map((school) => (
                <Figures c={c} name={school.school} of={school} />
              ))}
            </Table>
          </Section>
        )
      })}
      <p class="links">
        <Link href={pathOf(round)}>{t.rounds.preview.back}</Link>
      </p>
    </Page>
  )
}

function Figures({ c, name, of }: { c: Context<PageEnv>; name: string; of: Pick<ItemFigures, 'asked' | 'answered' | 'split'> }) {
  const { t, language } = c.var
  const words = t.rounds.figures
  const number = numberIn(language)
  const share = (part: number, whole: number) =>
    whole === 0 ? '' : ` (${new Intl.NumberFormat(language, { style: 'percent' }).format(part / whole)})`
  const cell = (split: Split, side: 'yes' | 'no') =>
    split ? `${number(split[side])}${share(split[side], split.yes + split.no)}` : words.few
  return (
    <Row
      named
      cells={[
        name,
        `${t.rounds.progress.of(number(of.answered), number(of.asked))}${share(of.answered, of.asked)}`,
        cell(of.split, 'yes'),
        cell(of.split, 'no'),
      ]}
    />
  )
}
