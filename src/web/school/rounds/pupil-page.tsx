import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { recordAnswers } from '../../../consents/answer.ts'
import { invalidateConsent } from '../../../consents/invalidate.ts'
import { recordWithdrawal } from '../../../consents/withdraw.ts'
import { idOf } from '../../../http.ts'
import type { ConsentId, PersonId } from '../../../ids.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Page } from '../../layout.tsx'
import { formToken } from '../../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { actOnce } from '../desk.ts'
import { SchoolNav } from '../school-nav.tsx'
import { type Again, type AtPupil, pupilAtDesk } from './pupil-desk.ts'
import { Questions, Recording, Undoing } from './pupil-parts.tsx'
import { pathOf } from './round-desk.ts'

const method = z.enum(['paper', 'phone', 'desk'])
const recordForm = z
  .object({ form: formToken, decider: idOf<PersonId>(), method, language: z.enum(['nl', 'en']) })
  .catchall(z.string().max(100))
const stopForm = z.strictObject({ form: formToken, consent: idOf<ConsentId>(), decider: idOf<PersonId>(), method })
const mistakeForm = z.strictObject({ form: formToken, consent: idOf<ConsentId>(), because: z.string().trim().min(1).max(2000) })

/** One pupil in a round: what was answered, and answers on paper, by phone and at the desk with the recorder's name. */
export function pupilRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/school/rounds/:roundId/pupils/:personId', signedInPage, async (c) => show(c, await pupilPage(c, await pupilAtDesk(c))))

  app.post('/school/rounds/:roundId/pupils/:personId', signedInForm, async (c) => {
    const at = await pupilAtDesk(c)
    const read = await safeReadForm(c, recordForm)
    if (!read.ok) {
      const wrong = ['decider', 'method'].filter((field) => read.wrong.has(field))
      if (wrong.length === 0) throw new Refusal('input_invalid')
      return show(c, await pupilPage(c, at, { wrong: new Set(wrong), typed: read.typed }), 400)
    }
    const { form, decider, method, language, ...rest } = read.data
    const replies = repliesIn(at, rest, language)
    if (replies.length === 0) return show(c, await pupilPage(c, at, { wrong: new Set(['answers']), typed: read.data }), 400)
    const { deps } = c.var
    try {
      return await actOnce(c, at.desk, { form, back: at.path, done: 'saved' }, () =>
        recordAnswers(deps, at.desk.around.actor, { deciderId: decider, method, replies }),
      )
    } catch (error) {
      const stale = error instanceof Refusal && ['changed_meanwhile', 'shown_text_differs', 'consent_ended'].includes(error.code)
      if (!stale) throw error
      return show(c, await pupilPage(c, await pupilAtDesk(c), { typed: read.data, changed: true }), 409)
    }
  })

  app.post('/school/rounds/:roundId/pupils/:personId/stop', signedInForm, async (c) => {
    const { form, consent, decider, method } = await readForm(c, stopForm)
    const at = await pupilAtDesk(c)
    mustBeHere(at, consent)
    return await actOnce(c, at.desk, { form, back: at.path, done: 'stopped' }, () =>
      recordWithdrawal(c.var.deps, at.desk.around.actor, { consentId: consent, deciderId: decider, method }),
    )
  })

  app.post('/school/rounds/:roundId/pupils/:personId/undo', signedInForm, async (c) => {
    const at = await pupilAtDesk(c)
    const read = await safeReadForm(c, mistakeForm)
    if (!read.ok) {
      if (!read.wrong.has('because')) throw new Refusal('input_invalid')
      return show(c, await pupilPage(c, at, { wrong: new Set(['because']), typed: read.typed }), 400)
    }
    const { form, consent, because } = read.data
    mustBeHere(at, consent)
    return await actOnce(c, at.desk, { form, back: at.path, done: 'undone' }, () =>
      invalidateConsent(c.var.deps, at.desk.around.actor, { consentId: consent, because }),
    )
  })
  return app
}

function mustBeHere({ pupil }: AtPupil, consentId: ConsentId): void {
  if (!pupil.questions.some(({ consent }) => consent.consentId === consentId)) throw new Refusal('consent_not_found')
}

const isHash = /^[0-9a-f]{64}$/

/** Each question with a yes or a no, as it was seen: what was not filled in stays as it is. */
function repliesIn({ pupil }: AtPupil, fields: Record<string, unknown>, language: 'nl' | 'en') {
  return pupil.questions.flatMap(({ consent: { consentId } }) => {
    const answer = fields[`answer-${consentId}`]
    if (answer !== 'yes' && answer !== 'no') return []
    const [hash, seen] = [String(fields[`shown-${language}-${consentId}`]), String(fields[`seen-${consentId}`])]
    if (!isHash.test(hash) || !/^\d{1,9}$/.test(seen)) throw new Refusal('input_invalid')
    return [{ consentId, answer, shownHash: Buffer.from(hash, 'hex'), language, seen: Number(seen) } as const]
  })
}

const DONE = ['saved', 'stopped', 'undone'] as const

async function pupilPage(c: Context<PageEnv>, at: AtPupil, again: Again = {}) {
  const { t } = c.var
  const words = t.rounds.pupil
  const { round, pupil, name, groupName, ownFamily, records } = at
  const { wrong = new Set<string>(), changed = false } = again
  const sentences = { decider: words.fromWrong, method: words.howWrong, answers: words.nothing, because: words.mistakeWhyWrong }
  const errors = Object.entries(sentences).flatMap(([field, sentence]) => (wrong.has(field) ? [{ field, sentence }] : []))
  const done = DONE.find((word) => word === c.req.query('done'))
  return (
    <Page c={c} title={name} errors={errors}>
      <SchoolNav c={c} />
      {done && <Notice kind="ok">{words[done]}</Notice>}
      {changed && <Notice kind="warning">{words.changed}</Notice>}
      <Heading over={[round.title, groupName].filter(Boolean).join(', ')}>{name}</Heading>
      <Section title={words.who}>
        {pupil.may.known ? (
          <ul class="utrecht-unordered-list">
            {pupil.deciders.map(({ name, self, email, phone }) => (
              <li class="utrecht-unordered-list__item">
                {words.reach(name, self ? words.self : [phone, email].filter(Boolean).join(', ') || words.noReach)}
              </li>
            ))}
          </ul>
        ) : (
          <Notice kind="warning">{words.nobody}</Notice>
        )}
        <p class="links">
          <Link href={`/school/people/${at.personId}`}>{words.toPerson}</Link>
        </p>
      </Section>
      <Questions c={c} at={at} />
      {records && ownFamily && <P>{words.ownFamily}</P>}
      {records && !ownFamily && (
        <>
          {pupil.may.known && <Recording c={c} at={at} again={again} />}
          <Undoing c={c} at={at} again={again} />
        </>
      )}
      <p class="links">
        <Link href={pathOf(round)}>{t.rounds.preview.back}</Link>
      </p>
    </Page>
  )
}
