import type { Context } from 'hono'
import type { PropsWithChildren } from 'hono/jsx'
import { z } from 'zod'
import { addDays, amsterdamDay, startOfAmsterdamDay } from '../../clock.ts'
import type { GivenReply } from '../../consents/answer.ts'
import type { ShownText } from '../../consents/shown-text.ts'
import { LANGUAGES } from '../../languages.ts'
import { day } from '../../moments.ts'
import { P } from '../blocks.tsx'
import { Button, ErrorAt, Field, NothingOnEnter, Tick } from '../fields.tsx'
import { WithDutch } from '../languages.tsx'
import { type PageEnv, ticked } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { Data, lastDayOf } from './question.tsx'

/** The fields of the form below, and of the page that asks whether it is right; whoever reads it adds what else stands in it. */
export const answerFields = {
  answer: z.enum(['yes', 'no']).optional(),
  enter: z.literal('1').optional(),
  without: ticked(z.string().max(100)),
  /** As it was typed: whether it is a day, and one that can be chosen, is told at the field. */
  until: z
    .string()
    .trim()
    .max(100)
    .transform((typed) => typed || undefined)
    .optional(),
  shown: z.string().regex(/^[0-9a-f]{64}$/),
  language: z.enum(LANGUAGES),
  /** They have seen what they are about to send. */
  reviewed: z.literal('1').optional(),
  /** They want to change it before it is sent. */
  change: z.literal('1').optional(),
}

export type Given = z.output<z.ZodObject<typeof answerFields>>
interface Wrong {
  wrong: { field: string; sentence: string }
}

/** What somebody said with the form, with the hash of what was on it; or what is wrong with it, at which field. */
export function replyIn(c: Context<PageEnv>, shown: ShownText, given: Given): { reply: Omit<GivenReply, 'consentId'> } | Wrong {
  const { answer, enter, language } = given
  if (!answer || enter) return { wrong: { field: 'answer', sentence: c.var.t.question.chooseFirst } }
  const narrowed = answer === 'yes' ? narrow(c, shown, given) : {}
  if ('wrong' in narrowed) return narrowed
  return { reply: { answer, ...narrowed, shownHash: Buffer.from(given.shown, 'hex'), language } }
}

/** What is left of the question. Nothing is not a yes: that is told, so that nobody gives a no unaware. */
function narrow(c: Context<PageEnv>, { question }: ShownText, given: Given): { datatypes?: string[]; untilAt?: Date } | Wrong {
  const { t, language, deps } = c.var
  const left = question.data.map(({ datatype }) => datatype).filter((datatype) => !given.without.includes(datatype))
  if (question.data.length > 0 && left.length === 0) return { wrong: { field: 'narrow', sentence: t.question.everythingLeftOut } }
  const { until } = given
  if (until && (!day.safeParse(until).success || until > question.period.until || until <= amsterdamDay(deps.now()))) {
    return { wrong: { field: 'until', sentence: t.question.untilWrong(lastDayOf(language, question)) } }
  }
  return {
    ...(given.without.length > 0 ? { datatypes: left } : {}),
    ...(until && until < question.period.until ? { untilAt: startOfAmsterdamDay(addDays(until, 1)) } : {}),
  }
}

/** What a form comes back with when something was wrong with it, or somebody wants to change it. */
export interface Again {
  wrong?: { field: string; sentence: string }
  typed?: { without: string[]; until?: string }
  /** The text is not what was shown: under this hash. */
  changed?: Uint8Array
}

interface AnswerFormProps {
  c: Context<PageEnv>
  action: string
  shown: ShownText
  /** What this person answered before. */
  before: { answer: 'yes' | 'no'; answeredAt: Date } | null
  again: Again
}

/** Yes and no of the same weight, then a narrower yes; nothing is filled in beforehand. The children are hidden fields. */
export function AnswerForm({ c, action, shown, before, again, children }: PropsWithChildren<AnswerFormProps>) {
  const { t, language, deps } = c.var
  const { question, hash } = shown
  const last = lastDayOf(language, question)
  const wrongAt = (field: string) => again.wrong?.field === field && again.wrong.sentence
  const { typed } = again
  const leavable = question.data.filter(({ mayKeep }) => !mayKeep)
  return (
    <form method="post" action={action} novalidate>
      <NothingOnEnter text={t.question.chooseFirst} />
      {children}
      <input type="hidden" name="shown" value={hash.toString('hex')} />
      <input type="hidden" name="language" value={question.language} />
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.question.yourAnswer}</h2>
      {before && (
        <P>{t.question.saidBefore(before.answer === 'yes' ? t.question.wordYes : t.question.wordNo, dayIn(language, before.answeredAt))}</P>
      )}
      <MayKeep c={c} shown={shown} typed={typed} />
      <ErrorAt field="answer" sentence={wrongAt('answer')} />
      <div class="choice" id="answer" tabindex={-1} role="group" aria-describedby={wrongAt('answer') ? 'answer-error' : undefined}>
        <Button name="answer" value="yes">
          <WithDutch c={c} words={({ question: words }) => words.yes} />
        </Button>
        <Button name="answer" value="no">
          <WithDutch c={c} words={({ question: words }) => words.no} />
        </Button>
      </div>
      <p class="utrecht-paragraph soft after-choice">{t.question.nothingSentYet}</p>
      <details
        class="more"
        open={again.wrong !== undefined || (typed !== undefined && (typed.without.length > 0 || !!typed.until))}
        id="narrow"
      >
        <summary>{t.question.narrow}</summary>
        <div class="more__body">
          <P>{t.question.narrowIntro}</P>
          <ErrorAt field="narrow" sentence={wrongAt('narrow')} />
          {(leavable.length > 1 || (leavable.length > 0 && leavable.length < question.data.length)) && (
            <fieldset
              class="utrecht-form-fieldset utrecht-form-fieldset--html-fieldset"
              aria-describedby={wrongAt('narrow') ? 'narrow-error' : undefined}
            >
              <legend class="utrecht-form-fieldset__legend utrecht-form-fieldset__legend--html-legend">{t.question.without}</legend>
              {leavable.map((one) => (
                <LeaveOut c={c} one={one} typed={typed} />
              ))}
            </fieldset>
          )}
          <Field
            name="until"
            label={t.question.until}
            hint={t.question.untilHint(last)}
            error={wrongAt('until')}
            input={{
              type: 'date',
              min: addDays(amsterdamDay(deps.now()), 1),
              max: question.period.until,
              value: typed?.until,
              autocomplete: 'off',
            }}
          />
          <button class="utrecht-button utrecht-button--secondary-action" type="submit" name="answer" value="yes">
            {t.question.narrowSend}
          </button>
        </div>
      </details>
    </form>
  )
}

/** Of research: what tells who one is, each of which one may rather keep, before yes and no and not folded away (D03). */
function MayKeep({ c, shown: { question }, typed }: { c: Context<PageEnv>; shown: ShownText; typed: Again['typed'] }) {
  const { t } = c.var
  const kept = question.data.filter(({ mayKeep }) => mayKeep)
  if (kept.length === 0) return null
  return (
    <fieldset class="utrecht-form-fieldset utrecht-form-fieldset--html-fieldset">
      <legend class="utrecht-form-fieldset__legend utrecht-form-fieldset__legend--html-legend">{t.question.ratherKeep}</legend>
      <P>{t.question.ratherKeepIntro}</P>
      {kept.map((one) => (
        <LeaveOut c={c} one={one} typed={typed} />
      ))}
    </fieldset>
  )
}

interface LeaveOutProps {
  c: Context<PageEnv>
  one: ShownText['question']['data'][number]
  typed: Again['typed']
}

/** One thing that a yes can do without. */
function LeaveOut({ c, one, typed }: LeaveOutProps) {
  return (
    <Tick
      name="without"
      value={one.datatype}
      text={<Data of={{ data: [one], language: c.var.language }} />}
      id={`without-${one.datatype}`}
      ticked={typed?.without.includes(one.datatype) ?? false}
    />
  )
}
