import type { Context } from 'hono'
import { type GroupProgress, isRunning, progressByGroup, progressOf, progressOfStaff } from '../../../consents/progress.ts'
import { Bar } from '../../bar.tsx'
import { ButtonLink, Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { Button, Field } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import type { PageEnv } from '../../page.tsx'
import { briefsOf } from '../../parent/brief.ts'
import { Row, Table } from '../../table.tsx'
import { dayIn } from '../../texts/dates.ts'
import { atDesk } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { nameOfItem } from './item-parts.tsx'
import { type AtRound, isSomewhere, pathOf, seesSchool } from './round-desk.ts'
import { RoundBadge } from './rounds-page.tsx'

const DONE = ['sent', 'reminded'] as const

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
  const number = (count: number) => new Intl.NumberFormat(language).format(count)
  const sum = (of: (group: GroupProgress) => number) => groups.reduce((total, group) => total + of(group), 0)
  const [asked, answered] = staff ? [staff.asked, staff.answered] : [sum((group) => group.asked), sum((group) => group.answered)]
  const [conflicts, nobody] = [sum((group) => group.conflicts), sum((group) => group.nobody)]
  const path = pathOf(round)
  const done = DONE.find((word) => word === c.req.query('done'))
  const of = (part: number, whole: number) => words.of(number(part), number(whole))
  return (
    <Page c={c} title={round.title}>
      <SchoolNav c={c} />
      {done && <Notice kind="ok">{done === 'sent' ? t.rounds.publish.sent : words.reminded}</Notice>}
      <Heading over={t.rounds.year(round.schoolYear, t.rounds.kinds[round.subjectKind])}>{round.title}</Heading>
      <p>
        <RoundBadge c={c} round={round} />
      </p>
      {round.opensAt && round.opensAt > now && <P>{t.rounds.opens(dayIn(language, round.opensAt))}</P>}
      <Section title={words.title}>
        {asked === 0 ? (
          <P>{words.none}</P>
        ) : (
          <>
            <p class="bar-whole">
              <Bar
                part={answered}
                whole={asked}
                text={words.done(number(answered), number(asked))}
                label={words.bar(of(answered, asked))}
              />
            </p>
            {staff ? (
              <P>{words.staffOnly}</P>
            ) : (
              <P>{words.pupilsDone(number(sum((group) => group.done)), number(sum((group) => group.pupils)))}</P>
            )}
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
        {edits && pupils && isRunning(round, now) && (
          <p class="actions">
            <ButtonLink href={`${path}/remind`}>{words.remind}</ButtonLink>
            <ButtonLink href={`${path}/letters`}>{words.letters}</ButtonLink>
          </p>
        )}
      </Section>
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
              <Row
                named
                cells={[
                  <>
                    {seesSchool(desk.looksUp, group.schoolId) ? (
                      <Link href={`${path}/groups?${groupQuery(group)}`}>{group.groupName ?? t.rounds.audience.noGroup}</Link>
                    ) : (
                      (group.groupName ?? t.rounds.audience.noGroup)
                    )}
                    <div class="soft">
                      {group.school}, {words.pupilsIn(number(group.pupils))}
                    </div>
                  </>,
                  <>
                    <Bar
                      part={group.answered}
                      whole={group.asked}
                      text={of(group.answered, group.asked)}
                      label={words.bar(of(group.answered, group.asked))}
                    />
                    {group.conflicts > 0 && <div>{words.conflictIn(number(group.conflicts))}</div>}
                    {group.nobody > 0 && <div>{words.nobodyIn(number(group.nobody))}</div>}
                  </>,
                ]}
              />
            ))}
          </Table>
        </Section>
      )}
      {byItem.some((item) => item.asked > 0) && (
        <Section title={words.byItem}>
          <Table label={words.byItem} head={[words.item, words.answered]}>
            {items
              .filter(({ legalBasis }) => legalBasis === 'consent')
              .map((item) => ({ item, far: byItem.find(({ itemId }) => itemId === item.itemId) }))
              .filter(({ far }) => far && far.asked > 0)
              .map(({ item, far }) => (
                <Row
                  named
                  cells={[
                    <Link href={`${path}/items/${item.itemId}`}>{nameOfItem(t, briefs.get(item.itemId)!)}</Link>,
                    <Bar
                      part={far!.answered}
                      whole={far!.asked}
                      text={of(far!.answered, far!.asked)}
                      label={words.bar(of(far!.answered, far!.asked))}
                    />,
                  ]}
                />
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

function groupQuery({ schoolId, groupName }: Pick<GroupProgress, 'schoolId' | 'groupName'>): string {
  return String(new URLSearchParams({ school: schoolId, ...(groupName !== null && { group: groupName }) }))
}
