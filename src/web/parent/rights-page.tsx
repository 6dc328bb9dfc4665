import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { askRight, NEEDS_WORDS } from '../../cases/ask-right.ts'
import { RIGHTS, type Right } from '../../cases/right.ts'
import { optionalPlainText } from '../../catalog/plain-text.ts'
import type { PersonId, SupplierId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { attempt, once } from '../attempt.ts'
import { ButtonLink, Heading, Link, Notice, P, Section } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, Choices, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../page.tsx'
import { dayIn, lastDayIn } from '../texts/dates.ts'
import { mayObjectNow } from './consent-page.tsx'
import { myShared } from './my-consents.ts'
import { myEmergencies } from './my-emergencies.tsx'
import { myCases, type Rightful, rightfuls, stateOfCase } from './my-rights.ts'
import { myTransfers } from './my-transfers.ts'
import { askerOf, dataIn } from './question.tsx'
import { RightsBadge } from './rights-case-page.tsx'

const askForm = z.strictObject({
  form: formToken,
  who: z.string().regex(/^[\w-]{36}(:[\w-]{36})?$/),
  words: optionalPlainText(2000),
})

/** The six rights (GDPR art. 15-21): what they are, what was asked before, and a short form for each. */
export function rightsRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/rights', signedInPage, async (c) => show(c, await rightsPage(c)))
  app.get('/rights/ask/:right', signedInPage, async (c) => show(c, await askPage(c)))

  app.post('/rights/ask/:right', signedInForm, async (c) => {
    const kind = rightIn(c)
    const read = await safeReadForm(c, askForm)
    if (!read.ok) return show(c, await askPage(c, read), 400)
    const { form, who, words } = read.data
    if (NEEDS_WORDS.has(kind) && !words) return show(c, await askPage(c, { wrong: new Set(['words']), typed: { who } }), 400)
    const [subjectId, supplierId] = who.split(':') as [PersonId, SupplierId | undefined]
    const mine = (await rightfuls(c)).find(({ subject }) => subject.personId === subjectId)
    if (!mine) throw new Refusal('person_not_found')
    return await once(c, { form, back: '/rights', to: ({ caseId }) => `/rights/cases/${caseId}?done=made` }, () =>
      attempt(c, mine.around.actor, supplierId ? 'subject' : 'organisation', () =>
        askRight(c.var.deps, mine.around.actor, { subjectId, kind, supplierId: supplierId ?? null, words }),
      ),
    )
  })
  return app
}

/** @throws Refusal `not_found` */
function rightIn(c: Context<PageEnv>): Right {
  const right = RIGHTS.find((one) => one === c.req.param('right'))
  if (!right) throw new Refusal('not_found')
  return right
}

async function rightsPage(c: Context<PageEnv>) {
  const { t, language, deps } = c.var
  const words = t.cases.rights
  const [mine, cases] = [await rightfuls(c), await myCases(c)]
  const [transfers, emergencies] = [await myTransfers(c), await myEmergencies(c)]
  return (
    <Page c={c} title={words.title}>
      <Heading>{words.title}</Heading>
      <P lead>{words.intro}</P>
      {mine.length === 0 && <P>{words.nobody}</P>}
      {transfers.length > 0 && (
        <section class="card">
          <h2 class="utrecht-heading-3 card__title">{t.transfers.mine.title}</h2>
          <ul class="utrecht-unordered-list">
            {transfers.map(({ one, subject }) => (
              <li class="utrecht-unordered-list__item">
                <Link href={`/rights/transfers/${one.transferId}`}>{t.transfers.mine.link(subject.name)}</Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {emergencies.length > 0 && (
        <section class="card">
          <h2 class="utrecht-heading-3 card__title">{t.emergencies.title}</h2>
          <ul class="utrecht-unordered-list">
            {emergencies.map(({ one, subject }) => (
              <li class="utrecht-unordered-list__item">
                <Link href={`/rights/emergencies/${one.disclosureId}`}>
                  {t.emergencies.mine.link(subject.name, dayIn(language, one.givenAt))}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {mine.length > 0 && (
        <section class="card">
          <h2 class="utrecht-heading-3 card__title">{words.held}</h2>
          <P>{words.heldIntro}</P>
          <ul class="utrecht-unordered-list">
            {mine.map(({ subject }) => (
              <li class="utrecht-unordered-list__item">
                <Link href={`/rights/held/${subject.personId}`}>{words.heldAbout(subject.name)}</Link>
              </li>
            ))}
          </ul>
        </section>
      )}
      {mine.length > 0 &&
        RIGHTS.map((right) => (
          <article class="card">
            <h2 class="utrecht-heading-3 card__title">{words.kinds[right]}</h2>
            <P>{words.what[right]}</P>
            <ButtonLink href={`/rights/ask/${right}`}>
              {words.ask}
              <span class="visually-hidden">: {words.kinds[right]}</span>
            </ButtonLink>
          </article>
        ))}
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.mine}</h2>
      {cases.length === 0 && <P>{words.none}</P>}
      {cases.map((mineOne) => (
        <article class="card">
          <div class="spread">
            <h3 class="utrecht-heading-3 card__title">{words.one(words.kinds[mineOne.one.kind], mineOne.subjectName)}</h3>
            <RightsBadge t={t} state={stateOfCase(mineOne, deps.now())} />
          </div>
          <P>
            <span class="soft">
              {words.due} {lastDayIn(language, mineOne.one.dueAt)}
            </span>
          </P>
          <p class="links">
            <Link href={`/rights/cases/${mineOne.one.caseId}`}>{words.see}</Link>
          </p>
        </article>
      ))}
      <Section title={words.responsible}>
        <ul class="utrecht-unordered-list">
          {Object.values(words.responsibleFor).map((sentence) => (
            <li class="utrecht-unordered-list__item">{sentence}</li>
          ))}
        </ul>
      </Section>
    </Page>
  )
}

interface Again {
  wrong: Set<string>
  typed: Record<string, string>
}

async function askPage(c: Context<PageEnv>, { wrong, typed }: Again = { wrong: new Set(), typed: {} }) {
  const { t } = c.var
  const words = t.cases.rights
  const kind = rightIn(c)
  const mine = await rightfuls(c)
  const errors = [
    ...(wrong.has('who') ? [{ field: 'who', sentence: words.whoWrong }] : []),
    ...(wrong.has('words') ? [{ field: 'words', sentence: words.wordsWrong }] : []),
  ]
  const title = words.askAbout(words.kinds[kind])
  return (
    <Page c={c} title={title} errors={errors}>
      <Heading over={words.title}>{title}</Heading>
      <P lead>{words.what[kind]}</P>
      <P>{kind === 'objection' ? words.weeks : words.months}</P>
      {kind === 'objection' && <Objectable c={c} />}
      {(kind === 'erasure' || kind === 'restriction' || kind === 'objection') && (
        <Notice kind="info">
          {words.stopHint} <Link href="/consents">{words.toConsents}</Link>
        </Notice>
      )}
      {mine.length === 0 ? (
        <P>{words.nobody}</P>
      ) : (
        <OnceForm action={`/rights/ask/${kind}`}>
          <Choices
            name="who"
            label={words.who}
            hint={mine.some(({ companies }) => companies.length > 0) ? words.directNote : undefined}
            error={wrong.has('who') && words.whoWrong}
            options={optionsOf(c, mine)}
            chosen={typed.who}
          />
          <TextArea
            name="words"
            label={words.words}
            hint={words.wordsHint[kind]}
            error={wrong.has('words') && words.wordsWrong}
            value={typed.words}
          />
          <Button>{words.send}</Button>
        </OnceForm>
      )}
    </Page>
  )
}

function optionsOf(c: Context<PageEnv>, mine: Rightful[]) {
  const words = c.var.t.cases.rights
  return mine.flatMap(({ subject: { personId, name }, companies }) => [
    { value: personId, text: words.atSchool(name) },
    ...companies.map((company) => ({ value: `${personId}:${company.supplierId}`, text: words.atCompany(name, company.name) })),
  ])
}

/** What somebody can object to without a form: each has its own button, which keeps the data back at once. */
async function Objectable({ c }: { c: Context<PageEnv> }) {
  const words = c.var.t.cases.rights
  const able = (await myShared(c)).filter((mine) => mayObjectNow(mine, c.var.deps.now()))
  if (able.length === 0) return null
  return (
    <section class="card">
      <h2 class="utrecht-heading-3 card__title">{words.objectItems}</h2>
      <P>{words.objectItemsIntro}</P>
      <ul class="utrecht-unordered-list">
        {able.map(({ consent, brief, subject }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={`/consents/${consent.consentId}/object`}>{`${subject.name}: ${askerOf(brief)}, ${dataIn(brief)}`}</Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
