import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { demandsAtBoard, type LegalDemand } from '../../cases/legal-demand.ts'
import { noteDemandSeen } from '../../cases/tell-demand.ts'
import { suppliers } from '../../catalog/store.ts'
import type { PersonId } from '../../ids.ts'
import { personsById } from '../../people/store.ts'
import { Refusal } from '../../refusal.ts'
import { Fact, Heading, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn, momentIn } from '../texts/dates.ts'
import { numberIn } from '../texts/numbers.ts'
import { nameOf } from './case-view.ts'
import { actOnce, atDesk } from './desk.ts'
import { type IncidentDesk, incidentDesksOf } from './incident-desk.ts'
import { PrivacyNav } from './privacy-nav.tsx'

/** What suppliers told of data that are demanded by law; who decides about leaks notes having seen it (C13, M07). */
export function demandsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/demands', signedInPage, async (c) => show(c, await demandsPage(c)))

  app.post('/school/demands/:demandId/seen', signedInForm, async (c) => {
    const found = (await demandsAtDesks(c)).find(({ one }) => one.demandId === c.req.param('demandId'))
    if (!found) throw new Refusal('not_found')
    const { form } = await readForm(c, z.strictObject({ form: formToken }))
    try {
      return await actOnce(c, found.desk, { form, back: '/school/demands', done: 'noted' }, () =>
        noteDemandSeen(c.var.deps, found.desk.around.actor, found.one.demandId),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'changed_meanwhile')) throw error
      return show(c, await demandsPage(c, true), 409)
    }
  })
  return app
}

interface SeenDemand {
  desk: IncidentDesk
  one: LegalDemand
  /** Who noted having seen it. */
  seenBy: string
}

async function demandsAtDesks(c: Context<PageEnv>): Promise<SeenDemand[]> {
  const found: SeenDemand[] = []
  for (const desk of incidentDesksOf(c).filter(({ looks }) => looks)) {
    const { boardId } = desk.around.actor
    await atDesk(c, desk, async (tx) => {
      const demands = await demandsAtBoard(tx, boardId)
      const persons = await personsById(
        tx,
        boardId,
        demands.flatMap(({ seen }): PersonId[] => (seen ? [seen.by] : [])),
      )
      found.push(...demands.map((one) => ({ desk, one, seenBy: one.seen ? nameOf(persons.get(one.seen.by)) : '' })))
    })
  }
  return found
}

async function demandsPage(c: Context<PageEnv>, wasSeen = false) {
  const { t, deps } = c.var
  const words = t.demands
  const looks = incidentDesksOf(c).some((desk) => desk.looks)
  const found = await demandsAtDesks(c)
  const companies = await suppliers(deps.db, [...new Set(found.map(({ one }) => one.supplierId))])
  return (
    <Page c={c} title={words.title}>
      <PrivacyNav c={c} />
      {c.req.query('done') === 'noted' && <Notice kind="ok">{words.noted}</Notice>}
      {wasSeen && <Notice kind="warning">{words.already}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{looks ? words.intro : t.school.noTask}</P>
      {looks && found.length === 0 && <P>{words.none}</P>}
      {found.map((demand) => (
        <DemandCard
          c={c}
          demand={demand}
          company={companies.find(({ supplierId }) => supplierId === demand.one.supplierId)?.legalName ?? ''}
        />
      ))}
    </Page>
  )
}

function DemandCard({ c, demand: { desk, one, seenBy }, company }: { c: Context<PageEnv>; demand: SeenDemand; company: string }) {
  const { t, language } = c.var
  const words = t.demands
  const { demandId, seen, groupSize, reference, givenAt } = one
  return (
    <article class="card">
      <div class="spread">
        <h2 class="utrecht-heading-3 card__title" id={`demand-${demandId}`}>
          {words.at(company, one.authority)}
        </h2>
        <span class={`utrecht-status-badge utrecht-status-badge--${seen ? 'safe' : 'warning'}`}>{seen ? words.seen : words.unseen}</span>
      </div>
      <dl class="facts">
        <Fact name={words.facts.told}>{momentIn(language, one.toldAt)}</Fact>
        <Fact name={words.facts.ground}>{one.ground}</Fact>
        <Fact name={words.facts.checked}>
          <span class="said">{one.checkedHow}</span>
          <div class="soft">{words.facts.by(one.checkedBy)}</div>
        </Fact>
        <Fact name={words.facts.data}>
          <span class="said">{one.data}</span>
        </Fact>
        <Fact name={words.facts.about}>
          {groupSize !== null && <div>{words.facts.size(numberIn(language)(groupSize))}</div>}
          {reference && <div>{words.facts.reference(reference)}</div>}
        </Fact>
        <Fact name={words.facts.outcome}>{givenAt ? words.givenOn(dayIn(language, givenAt)) : words.outcomes[one.outcome]}</Fact>
      </dl>
      <P>{one.secret ? <strong>{words.keepSecret}</strong> : words.mayTell}</P>
      {seen && <P>{words.seenBy(seenBy, momentIn(language, seen.at))}</P>}
      {!seen && desk.decides && (
        <OnceForm action={`/school/demands/${demandId}/seen`}>
          <Button primary={false} describedBy={`demand-${demandId}`}>
            {words.note}
          </Button>
        </OnceForm>
      )}
    </article>
  )
}
