import type { Context } from 'hono'
import type { Child } from 'hono/jsx'
import { type GroupProgress, isRunning, progressByGroup, progressOf, progressOfStaff } from '../../../consents/progress.ts'
import { Bar } from '../../bar.tsx'
import { ButtonLink, Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { Button, Field } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import type { PageEnv } from '../../page.tsx'
import { briefsOf } from '../../parent/brief.ts'
import { Row, Table } from '../../table.tsx'
import { dayIn } from '../../texts/dates.ts'
import { numberIn } from '../../texts/numbers.ts'
import { atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { nameOfItem } from './item-parts.tsx'
import { type AtRound, isSomewhere, pathOf, seesSchool } from './round-desk.ts'
import { RoundBadge } from './rounds-page.tsx'

/** How far a round is: as a whole, by question and by group. Counts, and never what somebody said (D10). */
export async function progressPage(c: Context<PageEnv>, at: AtRound) {
  const { t, language, deps } = c.var
  const words = t.rounds.progress
  const { desk, round, items, edits } = at
  const { boardId } = desk.around.actor
  const { roundId } = round
  const now = deps.now()
  const pupils = round.subjectKind === 'pupil'
  const { groups, staff, byItem, briefs } = await atDesk(c, desk, async (tx) => ({
    groups: pupils ? await progressByGroup(tx, boardId, roundId, now, desk.sees) : [],
    staff: pupils ? null : await progressOfStaff(tx, boardId, roundId),
    // Of one school among many the board's figures say nothing.
    byItem: pupils && desk.sees === null ? await progressOf(tx, boardId, roundId) : [],
    briefs: await briefsOf(tx, items, language),
  }))
  const path = pathOf(round)
  const asked = items
    .filter(({ legalBasis }) => legalBasis === 'consent')
    .map(({ itemId }) => ({ name: nameOfItem(t, briefs.get(itemId)!), far: byItem.find((item) => item.itemId === itemId) }))
    .flatMap(({ name, far }) => (far && far.asked > 0 ? [{ name, far }] : []))
  return (
    <Page c={c} title={round.title}>
      <SchoolNav c={c} />
      {c.req.query('done') === 'sent' && <Notice kind="ok">{t.rounds.publish.sent}</Notice>}
      <Heading over={t.rounds.year(round.schoolYear, t.rounds.kinds[round.subjectKind])}>{round.title}</Heading>
      <p>
        <RoundBadge c={c} round={round} />
      </p>
      {round.opensAt && round.opensAt > now && <P>{t.rounds.opens(dayIn(language, round.opensAt))}</P>}
      {round.hardBecause && <P>{t.rounds.publish.hardSent(round.hardBecause)}</P>}
      <AsAWhole c={c} path={path} groups={groups} staff={staff}>
        {edits && pupils && isRunning(round, now) && (
          <p class="actions">
            <ButtonLink href={`${path}/remind`}>{words.remind}</ButtonLink>
            <ButtonLink href={`${path}/letters`}>{words.letters}</ButtonLink>
          </p>
        )}
      </AsAWhole>
      {pupils && isSomewhere(desk.looksUp) && (
        <form method="get" action={`${path}/pupils`}>
          <Field name="find" label={words.find} input={{ type: 'search', maxlength: 200, autocomplete: 'off' }} />
          <Button primary={false}>{words.findButton}</Button>
        </form>
      )}
      {groups.length > 0 && (
        <Section title={words.byGroup}>
          <Table label={words.byGroup} head={[words.group, words.answered]}>
            {groups.map((group) => (
              <GroupRow c={c} path={path} group={group} linked={seesSchool(desk.looksUp, group.schoolId)} />
            ))}
          </Table>
        </Section>
      )}
      {asked.length > 0 && (
        <Section title={words.byItem}>
          <Table label={words.byItem} head={[words.item, words.answered]}>
            {asked.map(({ name, far }) => (
              <Row named cells={[<Link href={`${path}/items/${far.itemId}`}>{name}</Link>, <Answered c={c} of={far} />]} />
            ))}
          </Table>
        </Section>
      )}
      <p class="links">
        <Link href="/school/rounds">{t.rounds.title}</Link>
      </p>
    </Page>
  )
}

interface AsAWholeProps {
  c: Context<PageEnv>
  path: string
  groups: readonly GroupProgress[]
  staff: Counted | null
  children: Child
}

function AsAWhole({ c, path, groups, staff, children }: AsAWholeProps) {
  const { t, language } = c.var
  const words = t.rounds.progress
  const number = numberIn(language)
  const sum = (of: (group: GroupProgress) => number) => groups.reduce((total, group) => total + of(group), 0)
  const { asked, answered } = staff ?? { asked: sum((group) => group.asked), answered: sum((group) => group.answered) }
  const [conflicts, nobody] = [sum((group) => group.conflicts), sum((group) => group.nobody)]
  return (
    <Section title={words.title}>
      {asked === 0 ? (
        <P>{words.none}</P>
      ) : (
        <>
          <p class="bar-whole">
            <Answered c={c} of={{ asked, answered }} text={words.done(number(answered), number(asked))} />
          </p>
          <P>{staff ? words.staffOnly : words.pupilsDone(number(sum((group) => group.done)), number(sum((group) => group.pupils)))}</P>
        </>
      )}
      {conflicts > 0 && (
        <Notice kind="warning">
          {words.conflicts(number(conflicts))} {words.conflictsHelp}
        </Notice>
      )}
      {nobody > 0 && (
        <Notice kind="warning">
          {words.nobody(number(nobody))} <Link href="/school/work">{t.rounds.work.title}</Link>
        </Notice>
      )}
      <p class="links">
        <Link href={`${path}/preview`}>{words.content}</Link>
        {asked > 0 && <Link href={`${path}/figures`}>{t.rounds.figures.to}</Link>}
      </p>
      {children}
    </Section>
  )
}

/** @param linked to who is in it */
function GroupRow({ c, path, group, linked }: { c: Context<PageEnv>; path: string; group: GroupProgress; linked: boolean }) {
  const { t, language } = c.var
  const words = t.rounds.progress
  const number = numberIn(language)
  const name = group.groupName ?? t.rounds.audience.noGroup
  return (
    <Row
      named
      cells={[
        <>
          {linked ? <Link href={`${path}/groups?${groupQuery(group)}`}>{name}</Link> : name}
          <div class="soft">
            {group.school}, {words.pupilsIn(number(group.pupils))}
          </div>
        </>,
        <>
          <Answered c={c} of={group} />
          {group.conflicts > 0 && <div>{words.conflictIn(number(group.conflicts))}</div>}
          {group.nobody > 0 && <div>{words.nobodyIn(number(group.nobody))}</div>}
        </>,
      ]}
    />
  )
}

interface Counted {
  asked: number
  answered: number
}

function Answered({ c, of: { asked, answered }, text }: { c: Context<PageEnv>; of: Counted; text?: string }) {
  const words = c.var.t.rounds.progress
  const number = numberIn(c.var.language)
  const part = words.of(number(answered), number(asked))
  return <Bar part={answered} whole={asked} text={text ?? part} label={words.bar(part)} />
}

function groupQuery({ schoolId, groupName }: Pick<GroupProgress, 'schoolId' | 'groupName'>): string {
  return String(new URLSearchParams({ school: schoolId, ...(groupName !== null && { group: groupName }) }))
}
