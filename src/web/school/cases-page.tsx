import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { setForwardedAside } from '../../cases/forward-right.ts'
import { Refusal } from '../../refusal.ts'
import { ButtonLink, Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Page } from '../layout.tsx'
import { formToken } from '../once-form.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { stateOfCase } from '../parent/my-rights.ts'
import { RightsBadge } from '../parent/rights-case-page.tsx'
import { lastDayIn } from '../texts/dates.ts'
import { casesAtDesks, type ListedCase } from './case-view.ts'
import { actOnce, desksOf } from './desk.ts'
import { ForwardedRights, forwardedAtDesks } from './forwarded-rights.tsx'
import { PrivacyNav } from './privacy-nav.tsx'

/** What people asked of the school about their data, the first due first (P20). */
export function casesRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/school/cases', signedInPage, async (c) => show(c, await casesPage(c)))

  app.post('/school/cases/forwarded/:forwardedId/aside', signedInForm, async (c) => {
    const found = (await forwardedAtDesks(c)).find(({ one }) => one.forwardedId === c.req.param('forwardedId'))
    if (!found) throw new Refusal('case_not_found')
    const { form } = await readForm(c, z.strictObject({ form: formToken }))
    return await actOnce(c, found.desk, { form, back: '/school/cases', done: 'aside' }, () =>
      setForwardedAside(c.var.deps, found.desk.around.actor, found.one.forwardedId),
    )
  })
  return app
}

async function casesPage(c: Context<PageEnv>) {
  const { t } = c.var
  const words = t.cases.school
  const desks = desksOf(c)
  const { open, closed, hasOlder } = await casesAtDesks(c)
  return (
    <Page c={c} title={words.title}>
      <PrivacyNav c={c} />
      {c.req.query('done') === 'recorded' && <Notice kind="ok">{words.recorded}</Notice>}
      {c.req.query('done') === 'aside' && <Notice kind="ok">{t.supplierDuties.atSchool.asideDone}</Notice>}
      <Heading>{words.title}</Heading>
      <P lead>{desks.length === 0 ? t.school.noTask : open.length === 0 ? words.none : words.intro}</P>
      <ForwardedRights c={c} />
      {open.map((listed) => (
        <CaseCard c={c} listed={listed} />
      ))}
      {desks.some(({ around }) => around.mandates.some(({ role }) => role === 'school_leader' || role === 'consent_officer')) && (
        <ButtonLink href="/school/cases/record">{words.record}</ButtonLink>
      )}
      {closed.length > 0 && (
        <details class="more">
          <summary>{words.closed}</summary>
          <div class="more__body">
            {hasOlder && <P>{t.onlyNewest(String(closed.length))}</P>}
            {closed.map((listed) => (
              <CaseCard c={c} listed={listed} />
            ))}
          </div>
        </details>
      )}
    </Page>
  )
}

function CaseCard({ c, listed: { one, subject } }: { c: Context<PageEnv>; listed: ListedCase }) {
  const { t, language, deps } = c.var
  const words = t.cases.school
  return (
    <article class="card">
      <div class="spread">
        <h2 class="utrecht-heading-3 card__title">{t.cases.rights.one(t.cases.rights.kinds[one.kind], subject)}</h2>
        <RightsBadge t={t} state={stateOfCase({ one, duties: [] }, deps.now())} />
      </div>
      {!one.closed && (
        <P>
          <span class="soft">{words.dueOn(lastDayIn(language, one.dueAt))}</span>
        </P>
      )}
      <p class="links">
        <Link href={`/school/cases/${one.caseId}`}>{words.open}</Link>
      </p>
    </article>
  )
}
