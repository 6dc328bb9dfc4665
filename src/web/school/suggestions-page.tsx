import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { plainText } from '../../catalog/plain-text.ts'
import { addDays, amsterdamDay } from '../../clock.ts'
import { groupsOf } from '../../consents/audience.ts'
import { idOf } from '../../http.ts'
import type { BoardId, SchoolId, ServiceId, SuggestionId } from '../../ids.ts'
import { day, endOf } from '../../moments.ts'
import { Refusal } from '../../refusal.ts'
import {
  type DirectService,
  directServices,
  endSuggestion,
  type Suggestion,
  suggestionsOf,
  suggestService,
} from '../../requests/suggest.ts'
import { Heading, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, Field, Group, TextArea, Tick } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, safeReadForm, show, signedInForm, signedInPage, type Typed, ticked } from '../page.tsx'
import { lastDayIn, listIn } from '../texts/dates.ts'
import { actOnce, atDesk, type Desk, desksOf } from './desk.ts'
import { SchoolNav } from './school-nav.tsx'

const PATH = '/school/suggestions'
const suggestForm = z.strictObject({
  form: formToken,
  board: idOf<BoardId>(),
  service: idOf<ServiceId>(),
  group: ticked(z.string().regex(/^[0-9a-f-]{36}:.{0,100}$/)).pipe(z.array(z.string()).min(1)),
  words: z.string().trim().min(1).pipe(plainText(600)),
  until: day,
})

type Again = { wrong: Set<string> } & Typed
const NOTHING_WRONG: Again = { wrong: new Set(), typed: {}, ticked: () => [] }

/** A school points parents to a service; nothing comes back (K14). */
export function suggestionsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get(PATH, signedInPage, async (c) => show(c, await suggestionsPage(c)))

  app.post(PATH, signedInForm, async (c) => {
    const read = await safeReadForm(c, suggestForm)
    if (!read.ok) return show(c, await suggestionsPage(c, read), 400)
    const { form, board, service, group, words, until } = read.data
    const again = (field: string): Again => ({
      wrong: new Set([field]),
      typed: { service, words, until },
      ticked: (name) => (name === 'group' ? group : []),
    })
    if (until < amsterdamDay(c.var.deps.now())) return show(c, await suggestionsPage(c, again('until')), 400)
    const desk = desksOf(c).find(({ around }) => around.actor.boardId === board)
    if (!desk) throw new Refusal('mandate_missing')
    const named = group.map((one) => ({ schoolId: one.slice(0, 36) as SchoolId, groupName: one.slice(37) }))
    try {
      return await actOnce(c, desk, { form, back: PATH, done: 'made' }, () =>
        suggestService(c.var.deps, desk.around.actor, {
          serviceId: service,
          audience: { schools: [], groups: named, persons: [] },
          words,
          endsAt: endOf(until),
        }),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'purpose_forbidden')) throw error
      return show(c, await suggestionsPage(c, again('words')), 400)
    }
  })

  app.post(`${PATH}/:suggestionId/end`, signedInForm, async (c) => {
    const id = idOf<SuggestionId>().safeParse(c.req.param('suggestionId'))
    const { form } = await readForm(c, z.strictObject({ form: formToken }))
    const found = id.success && (await seenHere(c)).find(({ suggestion }) => suggestion.suggestionId === id.data)
    if (!found) throw new Refusal('suggestion_not_found')
    return await actOnce(c, found.desk, { form, back: PATH, done: 'ended' }, () =>
      endSuggestion(c.var.deps, found.desk.around.actor, found.suggestion.suggestionId),
    )
  })
  return app
}

interface Seen {
  desk: Desk
  suggestion: Suggestion
  decides: boolean
  groups: string[]
}

async function seenHere(c: Context<PageEnv>): Promise<Seen[]> {
  const all = await Promise.all(
    desksOf(c).map(async (desk) => {
      const suggestions = await atDesk(c, desk, (tx) => suggestionsOf(tx, desk.around.actor.boardId))
      return suggestions.flatMap((suggestion): Seen[] => {
        const schools = [...suggestion.audience.schools, ...suggestion.audience.groups.map(({ schoolId }) => schoolId)]
        if (!schools.some((schoolId) => desk.looksAt(schoolId))) return []
        const groups = suggestion.audience.groups.map(({ groupName }) => groupName || c.var.t.suggestions.noGroupName)
        return [{ desk, suggestion, decides: schools.every((schoolId) => desk.decidesAt(schoolId)), groups: [...new Set(groups)] }]
      })
    }),
  )
  return all.flat()
}

async function suggestionsPage(c: Context<PageEnv>, again: Again = NOTHING_WRONG) {
  const { t, deps } = c.var
  const words = t.suggestions
  const seen = await seenHere(c)
  const now = deps.now()
  const open = seen.filter(({ suggestion }) => !suggestion.endedAt && suggestion.endsAt > now)
  const over = seen.filter((one) => !open.includes(one))
  const desks = desksOf(c)
  const making = (await Promise.all(desks.map((desk) => groupsFor(c, desk)))).filter(({ groups }) => groups.length > 0)
  const services = await directServices(deps.db)
  const done = (['made', 'ended'] as const).find((code) => code === c.req.query('done'))
  const sentences = { group: words.groupsWrong, words: words.wordsWrong, until: words.dayWrong }
  const errors = Object.entries(sentences).flatMap(([field, sentence]) =>
    again.wrong.has(field) ? [{ field: field === 'group' ? 'group-0' : field, sentence }] : [],
  )
  return (
    <Page c={c} title={words.title} errors={making.length > 0 ? errors : []}>
      <SchoolNav c={c} />
      {done && <Notice kind="ok">{words[done]}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? t.school.noTask : words.intro}</P>
      {open.length === 0 && <P>{words.none}</P>}
      {open.map((one) => (
        <SuggestionCard c={c} one={one} />
      ))}
      {making[0] && services.length === 0 && <P>{words.noServices}</P>}
      {making[0] && services.length > 0 && <Make c={c} {...making[0]} services={services} again={again} />}
      {over.length > 0 && (
        <details class="more">
          <summary>{words.over}</summary>
          <div class="more__body">
            {over.map((one) => (
              <SuggestionCard c={c} one={{ ...one, decides: false }} />
            ))}
          </div>
        </details>
      )}
    </Page>
  )
}

function SuggestionCard({ c, one: { suggestion, decides, groups } }: { c: Context<PageEnv>; one: Seen }) {
  const { t, language } = c.var
  const words = t.suggestions
  return (
    <article class="card">
      <h2 class="utrecht-heading-3 card__title">{words.one(suggestion.name, suggestion.supplier)}</h2>
      <P>
        {suggestion.words}
        <br />
        <span class="soft">
          {words.forGroups(listIn(language, groups))} {words.until(lastDayIn(language, suggestion.endsAt))}
        </span>
      </P>
      {decides && (
        <OnceForm action={`${PATH}/${suggestion.suggestionId}/end`}>
          <Button primary={false}>{words.end}</Button>
        </OnceForm>
      )}
    </article>
  )
}

interface MakingDesk {
  boardId: BoardId
  groups: { value: string; text: string }[]
}

async function groupsFor(c: Context<PageEnv>, desk: Desk): Promise<MakingDesk> {
  const { boardId } = desk.around.actor
  const groups = await atDesk(c, desk, (tx) => groupsOf(tx, boardId, c.var.deps.now(), null))
  return {
    boardId,
    groups: groups
      .filter(({ schoolId, groupName }) => groupName !== null && desk.decidesAt(schoolId))
      .map(({ schoolId, school, groupName }) => ({
        value: `${schoolId}:${groupName}`,
        text: c.var.t.teaching.whoMay.one(groupName ?? '', school),
      })),
  }
}

interface MakeProps extends MakingDesk {
  c: Context<PageEnv>
  services: DirectService[]
  again: Again
}

function Make({ c, boardId, groups, services, again: { wrong, typed, ticked: isTicked } }: MakeProps) {
  const words = c.var.t.suggestions
  const today = amsterdamDay(c.var.deps.now())
  return (
    <Section title={words.make}>
      <OnceForm action={PATH}>
        <input type="hidden" name="board" value={boardId} />
        <Choices
          name="service"
          label={words.service}
          options={services.map(({ serviceId, name, supplier, minimumAge }) => ({
            value: serviceId,
            text: minimumAge === null ? words.one(name, supplier) : words.oneFrom(name, supplier, String(minimumAge)),
          }))}
          {...(typed.service && { chosen: typed.service })}
        />
        <Group legend={words.groups}>
          {wrong.has('group') && <div class="utrecht-form-field-error-message">{words.groupsWrong}</div>}
          {groups.map(({ value, text }, nr) => (
            <Tick name="group" value={value} id={`group-${nr}`} text={text} ticked={isTicked('group').includes(value)} />
          ))}
        </Group>
        <TextArea
          name="words"
          label={words.words}
          hint={words.wordsHint}
          error={wrong.has('words') && words.wordsWrong}
          value={typed.words}
          maxlength={600}
        />
        <Field
          name="until"
          label={words.day}
          error={wrong.has('until') && words.dayWrong}
          input={{ type: 'date', min: today, value: typed.until ?? addDays(today, 28) }}
        />
        <Button>{words.send}</Button>
      </OnceForm>
    </Section>
  )
}
