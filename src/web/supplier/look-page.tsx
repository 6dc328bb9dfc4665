import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { lookAt } from '../../hosted/look.ts'
import { type LookNames, lookNames } from '../../hosted/look-names.ts'
import type { Readable } from '../../hosted/readable.ts'
import { mayLook, type ReleasedSubject, releasedSubject } from '../../hosted/released.ts'
import { idOf } from '../../http.ts'
import type { GrantId } from '../../ids.ts'
import { writtenIn } from '../../languages.ts'
import { Refusal, type RefusalCode } from '../../refusal.ts'
import { Heading, Link, Notice, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { type PageEnv, readForm, show, signedInForm, signedInPage } from '../page.tsx'
import { lastDayIn, listIn, momentIn } from '../texts/dates.ts'
import { attemptAt, type SupplierDesk, supplierDesk } from './desk.ts'
import { ShownData } from './shown-data.tsx'
import { SupplierNav } from './supplier-nav.tsx'

type Grant = ReleasedSubject['grants'][number]

/** What a look gave: the data, or that there are none, as far as anybody may know why. */
type Seen = { grantId: GrantId; data: Readable; at: Date } | { grantId: GrantId; no: 'stopped' | 'unreachable' }

const NOES: Partial<Record<RefusalCode, 'stopped' | 'unreachable'>> = { grant_not_found: 'stopped', holder_unreachable: 'unreachable' }

const lookForm = z.strictObject({ grant: idOf<GrantId>() })

/**
 * The data of one subject, for one case worker. Looking is a form and not a link, for each look is a use that parents see; what
 * comes is shown in the answer and is nowhere else.
 */
export function supplierLookRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/subjects/:identifier', signedInPage, async (c) => {
    const desk = await supplierDesk(c)
    return await lookPage(c, desk, await mySubject(c, desk))
  })

  app.post('/supplier/:supplierId/subjects/:identifier', signedInForm, async (c) => {
    const desk = await supplierDesk(c)
    // Who presses without being assigned tried what they may not do, and the ledger tells so.
    const subject = await attemptAt(c, desk, () => mySubject(c, desk))
    const { grant: grantId } = await readForm(c, lookForm)
    const grant = subject.grants.find((one) => one.grantId === grantId)
    return await lookPage(c, desk, subject, grant ? await seen(c, desk, subject, grant) : { grantId, no: 'stopped' })
  })
  return app
}

/** @throws Refusal `not_found` for who is not assigned, as for nobody */
async function mySubject(c: Context<PageEnv>, desk: SupplierDesk): Promise<ReleasedSubject> {
  if (!desk.may('case_worker')) throw new Refusal('member_role_missing')
  const subject = await releasedSubject(c.var.deps, desk.actor, c.req.param('identifier') ?? '')
  const grants = subject?.grants.filter((grant) => mayLook(subject, grant, desk.member.memberId)) ?? []
  if (!subject || grants.length === 0) throw new Refusal('not_found')
  return { ...subject, grants }
}

async function seen(c: Context<PageEnv>, desk: SupplierDesk, { identifier }: ReleasedSubject, grant: Grant): Promise<Seen> {
  const { grantId, resource, purpose, datatypes } = grant
  if (datatypes.length === 0) return { grantId, no: 'stopped' }
  try {
    const data = await attemptAt(c, desk, () => lookAt(c.var.deps, desk.actor, { grantId, identifier, resource, purpose, datatypes }))
    return { grantId, data, at: c.var.deps.now() }
  } catch (error) {
    const no = error instanceof Refusal && NOES[error.code]
    if (!no) throw error
    return { grantId, no }
  }
}

async function lookPage(c: Context<PageEnv>, desk: SupplierDesk, subject: ReleasedSubject, look?: Seen) {
  const words = c.var.t.hosted
  const title = words.reference(subject.reference)
  const names = await lookNames(
    c.var.deps.db,
    subject.grants.map(({ resource }) => resource),
    writtenIn(c.var.language),
  )
  return show(
    c,
    <Page c={c} title={title}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{title}</Heading>
      <P lead>{words.lookIntro}</P>
      {look && 'no' in look && (
        <Notice kind="warning">
          <P>{words[look.no]}</P>
          {look.no === 'stopped' && <P>{words.stoppedMore}</P>}
        </Notice>
      )}
      {subject.grants.every(({ active }) => !active) && !look && <P>{words.over}</P>}
      {subject.grants
        .filter(({ active, grantId }) => active || grantId === look?.grantId)
        .map((grant) => (
          <GrantCard c={c} grant={grant} names={names} look={look?.grantId === grant.grantId ? look : undefined} />
        ))}
      <P>
        <Link href={`${desk.path}/subjects`}>{words.back}</Link>
      </P>
    </Page>,
  )
}

function GrantCard({ c, grant, names, look }: { c: Context<PageEnv>; grant: Grant; names: LookNames; look: Seen | undefined }) {
  const { t, language } = c.var
  const words = t.hosted
  const { grantId, resource, datatypes, endsAt } = grant
  const holder = names.holder(resource)
  const data = listIn(
    language,
    datatypes.map((datatype) => names.data(resource, datatype)),
  )
  // What was released when the page was read may be over now.
  const isOver = datatypes.length === 0 || (look && 'no' in look && look.no === 'stopped')
  return (
    <section class="card">
      <h2 class="utrecht-heading-3 card__title">{isOver ? holder : words.what(data, holder)}</h2>
      <P>{isOver ? words.over : words.until(lastDayIn(language, endsAt))}</P>
      {look && 'data' in look && <ShownData c={c} data={look.data} at={momentIn(language, look.at)} />}
      {!isOver && (
        <form method="post" action={c.req.path} novalidate>
          <input type="hidden" name="grant" value={grantId} />
          <div class="actions">
            <Button primary={!look}>{look ? words.lookAgain : words.look}</Button>
          </div>
        </form>
      )}
    </section>
  )
}
