import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { adviseOnIncident, closeIncident, decideIncident, recordAuthorityTold, recordPeopleTold } from '../../cases/handle-incident.ts'
import { sayOfIncident } from '../../cases/say-of-incident.ts'
import { optionalPlainText, plainText } from '../../catalog/plain-text.ts'
import { amsterdamMoment } from '../../clock.ts'
import { localMoment } from '../../moments.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Notice } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { formToken } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn } from '../texts/dates.ts'
import { actOnce } from './desk.ts'
import { type Again, incidentAtDesk, type SeenIncident } from './incident-desk.ts'
import { AffectedCount, Clocks, IncidentFacts, Messages } from './incident-parts.tsx'
import { Advice, Closing, Decision, Telling } from './incident-steps.tsx'
import { PrivacyNav } from './privacy-nav.tsx'

const seen = { form: formToken, revision: z.coerce.number().int().min(0) }
const text = z.string().trim().min(1).pipe(plainText(2000))
const reference = optionalPlainText(100)
const yes = z.literal('yes').optional()

type Done = 'advised' | 'decided' | 'told' | 'said' | 'closed'

/** One data leak: both clocks, who is affected, the advice, the decision, who was told, and what was learnt. */
export function incidentRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/incidents/:incidentId', signedInPage, async (c) => show(c, await incidentPage(c)))

  const step = <S extends z.ZodObject<typeof seen>>(
    verb: string,
    schema: S,
    done: Done,
    act: (c: Context<PageEnv>, found: SeenIncident, data: z.output<S>) => Promise<unknown>,
  ) =>
    app.post(`/school/incidents/:incidentId/${verb}`, signedInForm, async (c) => {
      const found = await incidentAtDesk(c)
      const read = await safeReadForm(c, schema)
      if (!read.ok && [...read.wrong].some((field) => field === 'form' || field === 'revision')) throw new Refusal('input_invalid')
      if (!read.ok) return show(c, await incidentPage(c, read), 400)
      const typed = Object.fromEntries(Object.entries(read.data).filter((entry): entry is [string, string] => typeof entry[1] === 'string'))
      const told = typed.authorityAt ?? typed.peopleAt
      const field = typed.authorityAt ? 'authorityAt' : 'peopleAt'
      if (told && !isBetween(amsterdamMoment(told), found.one.awareAt, c.var.deps.now()))
        return show(c, await incidentPage(c, { wrong: new Set([field]), typed }), 400)
      const path = `/school/incidents/${found.one.incidentId}`
      try {
        return await actOnce(c, found.desk, { form: String(read.data.form), back: path, done }, () => act(c, found, read.data))
      } catch (error) {
        // Somebody acted on it since this page: it comes back as it is now, with what was typed.
        if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
        return show(c, await incidentPage(c, { wrong: new Set(), typed, changed: true }), 409)
      }
    })

  step('advise', z.strictObject({ ...seen, advice: text }), 'advised', (c, found, { revision, advice }) =>
    adviseOnIncident(c.var.deps, found.desk.around.actor, { incidentId: found.one.incidentId, revision, advice }),
  )
  step('decide', z.strictObject({ ...seen, authority: yes, people: yes, reasons: text }), 'decided', (c, found, data) =>
    decideIncident(c.var.deps, found.desk.around.actor, {
      incidentId: found.one.incidentId,
      revision: data.revision,
      authority: data.authority === 'yes',
      people: data.people === 'yes',
      reasons: data.reasons,
    }),
  )
  step('authority', z.strictObject({ ...seen, authorityAt: localMoment, reference }), 'told', (c, found, data) =>
    recordAuthorityTold(c.var.deps, found.desk.around.actor, {
      incidentId: found.one.incidentId,
      revision: data.revision,
      toldAt: amsterdamMoment(data.authorityAt),
      reference: data.reference || null,
    }),
  )
  step('people', z.strictObject({ ...seen, peopleAt: localMoment }), 'told', (c, found, data) =>
    recordPeopleTold(c.var.deps, found.desk.around.actor, {
      incidentId: found.one.incidentId,
      revision: data.revision,
      toldAt: amsterdamMoment(data.peopleAt),
    }),
  )
  step('say', z.strictObject({ ...seen, words: text }), 'said', (c, found, { words }) =>
    sayOfIncident(c.var.deps, found.desk.around.actor, { incidentId: found.one.incidentId, words }),
  )
  step('close', z.strictObject({ ...seen, lessons: text }), 'closed', (c, found, { revision, lessons }) =>
    closeIncident(c.var.deps, found.desk.around.actor, { incidentId: found.one.incidentId, revision, lessons }),
  )
  return app
}

const isBetween = (moment: Date, from: Date, until: Date) => moment >= from && moment <= until

async function incidentPage(c: Context<PageEnv>, again: Again = { wrong: new Set(), typed: {} }) {
  const { t, language } = c.var
  const words = t.incidents
  const found = await incidentAtDesk(c)
  const { one, place, school } = found
  const sentences = {
    advice: words.dpo.adviceWrong,
    reasons: words.decide.reasonsWrong,
    authorityAt: words.tell.momentWrong,
    peopleAt: words.tell.momentWrong,
    words: words.messages.wordsWrong,
    lessons: words.close.lessonsWrong,
  }
  const errors = Object.entries(sentences).flatMap(([field, sentence]) => (again.wrong.has(field) ? [{ field, sentence }] : []))
  const title = words.at(place ?? school ?? words.atSchool, dayIn(language, one.awareAt))
  const done = doneIn(c)
  return (
    <Page c={c} title={title} errors={errors}>
      <PrivacyNav c={c} />
      {done && !again.changed && <Notice kind="ok">{done}</Notice>}
      {again.changed && <Notice kind="warning">{words.changed}</Notice>}
      <Heading over={words.title}>{title}</Heading>
      <Clocks c={c} one={one} />
      <IncidentFacts c={c} found={found} />
      <AffectedCount c={c} found={found} />
      <Advice c={c} found={found} again={again} />
      <Decision c={c} found={found} again={again} />
      <Telling c={c} found={found} again={again} />
      <Messages c={c} found={found} again={again} />
      <Closing c={c} found={found} again={again} />
    </Page>
  )
}

function doneIn(c: Context<PageEnv>): string | undefined {
  const words = c.var.t.incidents
  const sentences = {
    advised: words.dpo.given,
    decided: words.decide.done,
    told: words.tell.told,
    said: words.messages.sent,
    closed: words.close.done,
  } satisfies Record<Done, string>
  const asked = c.req.query('done')
  return Object.entries(sentences).find(([code]) => code === asked)?.[1]
}
