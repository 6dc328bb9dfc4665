import { type Context, Hono } from 'hono'
import { z } from 'zod'
import { plainText } from '../../../catalog/plain-text.ts'
import { registerService } from '../../../catalog/register-service.ts'
import { leafletsOf, type Service, servicesOf } from '../../../catalog/store.ts'
import { Refusal } from '../../../refusal.ts'
import { Heading, Link, Notice, P, Section } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Choices, Field } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { formToken, OnceForm } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { actOnceAt, supplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'

const newForm = z.strictObject({
  form: formToken,
  name: plainText(100),
  kind: z.enum(['I', 'II']),
  minimumAge: z.string().regex(/^(|[1-9]|1\d)$/),
})

/** The services of a supplier; a new one is registered here. */
export function supplierServicesRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/services', signedInPage, async (c) => await services(c))

  app.post('/supplier/:supplierId/services', signedInForm, async (c) => {
    const desk = await supplierDesk(c)
    const read = await safeReadForm(c, newForm)
    if (!read.ok) return await services(c, read)
    const { form, name, kind, minimumAge } = read.data
    const { supplierId } = desk.actor
    const service = { supplierId, name, kind, ...(minimumAge && { minimumAge: Number(minimumAge) }) }
    try {
      return await actOnceAt(c, desk, { form, back: `${desk.path}/services`, done: 'registered' }, () =>
        registerService(c.var.deps, service, desk.actor),
      )
    } catch (error) {
      if (!(error instanceof Refusal && error.code === 'purpose_forbidden')) throw error
      return await services(c, { wrong: new Set(['name']), typed: { name, kind, minimumAge } })
    }
  })
  return app
}

interface Wrong {
  wrong: Set<string>
  typed: Record<string, string>
}

async function services(c: Context<PageEnv>, { wrong, typed }: Wrong = { wrong: new Set(), typed: {} }) {
  const { t, deps } = c.var
  const desk = await supplierDesk(c)
  const words = t.services
  const list = await servicesOf(deps.db, desk.member.supplierId)
  const sentence = { name: words.nameWrong, minimumAge: words.minimumAgeWrong }
  const errors = (['name', 'minimumAge'] as const).flatMap((field) => (wrong.has(field) ? [{ field, sentence: sentence[field] }] : []))
  return show(
    c,
    <Page c={c} title={words.title} errors={errors}>
      <SupplierNav c={c} desk={desk} />
      {c.req.query('done') === 'registered' && <Notice kind="ok">{words.registered}</Notice>}
      <Heading over={desk.supplierName}>{words.title}</Heading>
      <P lead>{words.intro}</P>
      {list.length === 0 && <P>{words.none}</P>}
      {await Promise.all(list.map((service) => ServiceCard({ c, service, path: `${desk.path}/services/${service.serviceId}` })))}
      {desk.may('contracts') && (
        <Section title={words.add} intro={words.addIntro}>
          <OnceForm action={`${desk.path}/services`}>
            <Field
              name="name"
              label={words.name}
              error={wrong.has('name') && sentence.name}
              input={{ value: typed.name, maxlength: 100, autocomplete: 'off' }}
            />
            <Choices
              name="kind"
              label={words.kind}
              hint={words.kindHint}
              chosen={typed.kind ?? 'I'}
              options={(['I', 'II'] as const).map((kind) => ({ value: kind, text: words.kinds[kind] }))}
            />
            <Field
              name="minimumAge"
              label={words.minimumAge}
              hint={words.minimumAgeHint}
              error={wrong.has('minimumAge') && sentence.minimumAge}
              input={{ value: typed.minimumAge, inputmode: 'numeric', maxlength: 2, autocomplete: 'off' }}
            />
            <Button>{words.addButton}</Button>
          </OnceForm>
        </Section>
      )}
    </Page>,
    errors.length > 0 ? 400 : 200,
  )
}

async function ServiceCard({ c, service, path }: { c: Context<PageEnv>; service: Service; path: string }) {
  const words = c.var.t.services
  const [newest] = await leafletsOf(c.var.deps.db, service.serviceId)
  return (
    <article class="card">
      <div class="spread">
        <h2 class="utrecht-heading-3 card__title">{service.name}</h2>
        <span class={`utrecht-status-badge utrecht-status-badge--${newest ? 'safe' : 'warning'}`}>
          {newest ? words.published(String(newest.version)) : words.unpublished}
        </span>
      </div>
      <P>{words.kinds[service.kind]}</P>
      {service.minimumAge !== null && <P>{words.fromAge(String(service.minimumAge))}</P>}
      <p class="links">
        <Link href={path}>{words.toLeaflet(service.name)}</Link>
      </p>
    </article>
  )
}
