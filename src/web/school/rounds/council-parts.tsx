import type { Context } from 'hono'
import type { CouncilApproval } from '../../../agreements/council-approval.ts'
import { amsterdamDay, startOfAmsterdamDay } from '../../../clock.ts'
import type { Round } from '../../../consents/rounds.ts'
import { P, Section } from '../../blocks.tsx'
import { Button, Choices, Field } from '../../fields.tsx'
import { OnceForm } from '../../once-form.tsx'
import type { PageEnv } from '../../page.tsx'
import { dayIn } from '../../texts/dates.ts'
import { pathOf } from './round-desk.ts'

interface CouncilProps {
  c: Context<PageEnv>
  round: Round
  approvals: CouncilApproval[]
  edits: boolean
  wrong: ReadonlySet<string>
  typed: Record<string, string>
}

/** The council's consent, where the policy needs it: recorded before the round can go out (P22). */
export function Council({ c, round, approvals, edits, wrong, typed }: CouncilProps) {
  const { t, language, deps } = c.var
  const words = t.rounds.draft
  const recorded = approvals.find(({ approvalId }) => approvalId === round.councilApprovalId)
  return (
    <Section title={words.council} intro={round.subjectKind === 'employee' ? words.councilStaff : words.councilPolicy}>
      <P>
        {recorded ? words.councilIs(recorded.council, dayIn(language, startOfAmsterdamDay(recorded.approvedOn))) : words.councilMissing}
        {recorded && <span class="soft"> {recorded.about}</span>}
      </P>
      {edits && !recorded && (
        <OnceForm action={`${pathOf(round)}/council`}>
          <Choices
            name="council"
            label={words.councilWhich}
            chosen={round.subjectKind === 'employee' ? 'PMR' : 'MR'}
            options={(round.subjectKind === 'employee' ? ['PMR'] : ['MR', 'GMR']).map((council) => ({ value: council, text: council }))}
          />
          <Field
            name="about"
            label={words.councilAbout}
            error={wrong.has('about') && words.councilAboutWrong}
            input={{ value: typed.about ?? round.title, maxlength: 200, autocomplete: 'off' }}
          />
          <Field
            name="on"
            label={words.councilOn}
            error={wrong.has('on') && words.councilOnWrong}
            input={{ type: 'date', max: amsterdamDay(deps.now()), value: typed.on, autocomplete: 'off' }}
          />
          <Button primary={false}>{words.councilRecord}</Button>
        </OnceForm>
      )}
    </Section>
  )
}
