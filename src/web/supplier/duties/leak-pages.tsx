import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { reportIncidentAsSupplier } from '../../../cases/report-incident.ts'
import { incidentsOfSupplier, sayOfIncidentAsSupplier } from '../../../cases/say-of-incident.ts'
import { plainText } from '../../../catalog/plain-text.ts'
import { idOf } from '../../../http.ts'
import type { BoardId } from '../../../ids.ts'
import { Refusal } from '../../../refusal.ts'
import { Fact, Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Group, TextArea, Tick } from '../../fields.tsx'
import {
  type IncidentAgain,
  IncidentInputs,
  incidentAgain,
  incidentErrors,
  incidentFields,
  incidentFrom,
  momentsOutOfOrder,
  NOTHING_YET,
} from '../../incident-form.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage, ticked } from '../../page.tsx'
import { listIn, momentIn } from '../../texts/dates.ts'
import { actOnceAt, type SupplierDesk, supplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { knownBoards } from './known-boards.ts'

const leakForm = z.strictObject({ ...incidentFields, board: ticked(idOf<BoardId>()).refine((boards) => boards.length > 0) })
const sayForm = z.strictObject({ form: formToken, words: z.string().trim().min(1).pipe(plainText(2000)) })

/** A supplier tells schools of a data leak, with what the model's Annex 2 asks for at least, and goes on telling (M14). */
export function supplierLeakRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/duties/leak', signedInPage, async (c) => show(c, await leakPage(c, await deskOf(c))))

  app.post('/supplier/:supplierId/duties/leak', signedInForm, async (c) => {
    const desk = await deskOf(c)
    const read = await safeReadForm(c, leakForm)
    if (!read.ok) return show(c, await leakPage(c, desk, read), 400)
    const { board, ...fields } = read.data
    const incident = incidentFrom(fields)
    const wrong = momentsOutOfOrder(incident, c.var.deps.now())
    if (wrong.size > 0) {
      const again = incidentAgain(wrong, fields)
      return show(c, await leakPage(c, desk, { ...again, ticked: (name) => (name === 'board' ? board : again.ticked(name)) }), 400)
    }
    return await actOnceAt(c, desk, { form: fields.form, back: `${desk.path}/duties`, done: 'reported' }, () =>
      reportIncidentAsSupplier(c.var.deps, desk.actor, { ...incident, boards: board }),
    )
  })

  app.get('/supplier/:supplierId/duties/leaks/:incidentId', signedInPage, async (c) => show(c, await onePage(c)))

  app.post('/supplier/:supplierId/duties/leaks/:incidentId', signedInForm, async (c) => {
    const { desk, incident } = await leakIn(c)
    const read = await safeReadForm(c, sayForm)
    if (!read.ok) return show(c, await onePage(c, true), 400)
    const { form, words } = read.data
    const back = `${desk.path}/duties/leaks/${incident.incidentId}`
    return await actOnceAt(c, desk, { form, back, done: 'said' }, () =>
      sayOfIncidentAsSupplier(c.var.deps, desk.actor, { incidentId: incident.incidentId, words }),
    )
  })
  return app
}

async function deskOf(c: Context<PageEnv>): Promise<SupplierDesk> {
  return await supplierDesk(c, 'contracts', 'engineer', 'administrator')
}

async function leakPage(c: Context<PageEnv>, desk: SupplierDesk, again: IncidentAgain = NOTHING_YET) {
  const { t, deps } = c.var
  const words = t.supplierDuties.leak
  const boards = await knownBoards(deps.db, desk.member.supplierId)
  const wrongBoard = again.wrong.has('board')
  const errors = [...(wrongBoard ? [{ field: 'boards', sentence: words.boardWrong }] : []), ...incidentErrors(c, again)]
  const where = (
    <div id="boards" tabindex={-1}>
      <Group legend={words.boards}>
        {wrongBoard && <div class="utrecht-form-field-error-message">{words.boardWrong}</div>}
        {boards.map(({ boardId, name }) => (
          <Tick name="board" value={boardId} id={`board-${boardId}`} text={name} ticked={again.ticked('board').includes(boardId)} />
        ))}
      </Group>
    </div>
  )
  return (
    <Page c={c} title={words.report} errors={errors}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{words.report}</Heading>
      <P lead>{boards.length === 0 ? t.supplierDuties.forward.noBoards : words.lead}</P>
      {boards.length > 0 && (
        <OnceForm action={`${desk.path}/duties/leak`}>
          <IncidentInputs c={c} again={again} where={where} />
          <Button>{t.incidents.form.send}</Button>
        </OnceForm>
      )}
      <p class="links">
        <Link href={`${desk.path}/duties`}>{t.supplierDuties.forward.back}</Link>
      </p>
    </Page>
  )
}

/** @throws Refusal `incident_not_found` also for another supplier's */
async function leakIn(c: Context<PageEnv>) {
  const desk = await deskOf(c)
  const found = (await incidentsOfSupplier(c.var.deps, desk.member.supplierId)).find(
    ({ incident }) => incident.incidentId === c.req.param('incidentId'),
  )
  if (!found) throw new Refusal('incident_not_found')
  return { desk, ...found }
}

async function onePage(c: Context<PageEnv>, nothingSaid = false) {
  const { t, language } = c.var
  const words = t.supplierDuties.leak
  const facts = t.incidents.facts
  const { desk, incident, messages } = await leakIn(c)
  const form = t.incidents.form
  return (
    <Page c={c} title={words.title} errors={nothingSaid ? [{ field: 'words', sentence: words.sayWrong }] : []}>
      <SupplierNav c={c} desk={desk} />
      {c.req.query('done') === 'said' && <Notice kind="ok">{words.said}</Notice>}
      <Heading over={desk.supplierName}>{words.title}</Heading>
      <dl class="facts card">
        <Fact name={facts.found}>{momentIn(language, incident.foundAt)}</Fact>
        <Fact name={facts.between}>
          {incident.untilAt
            ? facts.period(momentIn(language, incident.fromAt), momentIn(language, incident.untilAt))
            : facts.since(momentIn(language, incident.fromAt))}
        </Fact>
        <Fact name={facts.summary}>
          <span class="said">{incident.summary}</span>
        </Fact>
        <Fact name={facts.nature}>
          {listIn(
            language,
            incident.nature.map((nature) => form.natures[nature]),
          )}
        </Fact>
        <Fact name={facts.kinds}>
          {listIn(
            language,
            incident.dataKinds.map((kind) => form.kindNames[kind]),
          )}
        </Fact>
        <Fact name={facts.persons}>
          <span class="said">{incident.persons}</span>
        </Fact>
        <Fact name={facts.cause}>{incident.cause ?? facts.unknown}</Fact>
        <Fact name={facts.measures}>{incident.measures ?? facts.unknown}</Fact>
      </dl>
      <Section title={words.messages}>
        {messages.length === 0 && <P>{words.noMessages}</P>}
        {messages.map(({ saidBy, saidAt, words: said }) => (
          <article class="card">
            <P>
              <span class="soft">
                {saidBy.startsWith('person:') ? words.bySchool(momentIn(language, saidAt)) : words.byUs(momentIn(language, saidAt))}
              </span>
              <br />
              <span class="said">{said}</span>
            </P>
          </article>
        ))}
        {!incident.closed && (
          <OnceForm action={`${desk.path}/duties/leaks/${incident.incidentId}`}>
            <TextArea name="words" label={words.say} error={nothingSaid && words.sayWrong} />
            <Button>{words.sayButton}</Button>
          </OnceForm>
        )}
      </Section>
      <p class="links">
        <Link href={`${desk.path}/duties`}>{t.supplierDuties.forward.back}</Link>
      </p>
    </Page>
  )
}
