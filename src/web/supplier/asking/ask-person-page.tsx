import { type Context, Hono } from 'hono'
import { z } from 'zod'
import type { PreparedAskId } from '../../../ids.ts'
import { Refusal } from '../../../refusal.ts'
import { prepareAsk } from '../../../requests/prepared-asks.ts'
import { typedReference } from '../../../requests/reference.ts'
import { Heading, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button, Field } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { OnceForm } from '../../once-form.tsx'
import { type PageEnv, safeReadForm, show, signedInForm, signedInPage } from '../../page.tsx'
import { actOnceAt, type SupplierDesk, supplierDesk } from '../desk.ts'
import { SupplierNav } from '../supplier-nav.tsx'
import { chooseUse } from './choose.tsx'
import { Rationing } from './rationing.tsx'
import { lackingIn, type Usable, usableIn, usables, useFields, useFrom, wrongFields } from './use-form.ts'
import { UseFacts, UseInputs } from './use-inputs.tsx'

const prepareForm = z.strictObject({
  ...useFields,
  reference: typedReference,
})

/** A question to one person, made ready before there is a code (K12): per service, purpose and period, with its occasion. */
export function askPersonRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/supplier/:supplierId/asking/person', signedInPage, async (c) => {
    const { desk, list, usable } = await chosenUse(c)
    if (!usable) return chooseUse(c, desk, list, { title: c.var.t.asking.askPerson, path: `${desk.path}/asking/person` })
    return show(c, personPage(c, desk, usable))
  })

  app.post('/supplier/:supplierId/asking/person', signedInForm, async (c) => {
    const { desk, usable } = await chosenUse(c)
    if (!usable) throw new Refusal('service_not_found')
    const { t } = c.var
    const read = await safeReadForm(c, prepareForm)
    if (!read.ok) {
      const wrong = new Map([...read.wrong].map((field) => [field, field === 'reference' ? t.asking.wrong.reference : t.asking.wrong.text]))
      return show(c, personPage(c, desk, usable, { typed: read.typed, data: read.ticked('data'), wrong }), 400)
    }
    const { reference, ...fields } = read.data
    const { data, ...typed } = fields
    const again = (wrong: Map<string, string>) => show(c, personPage(c, desk, usable, { typed: { ...typed, reference }, data, wrong }), 400)
    const lacking = lackingIn(t, fields)
    if (lacking.size > 0) return again(lacking)
    const to = (askId: PreparedAskId) => `${desk.path}/asking/people/${askId}`
    try {
      return await actOnceAt(c, desk, { form: fields.form, back: `${desk.path}/asking`, to }, () =>
        prepareAsk(c.var.deps, desk.actor, { reference, ask: useFrom(usable, fields) }),
      )
    } catch (error) {
      const wrong = error instanceof Refusal ? wrongFields(t, error) : new Map<string, string>()
      if (wrong.size === 0) throw error
      return again(wrong)
    }
  })
  return app
}

async function chosenUse(c: Context<PageEnv>) {
  const desk = await supplierDesk(c, 'contracts')
  const list = await usables(c, desk)
  return { desk, list, usable: usableIn(c, list) }
}

interface Typed {
  typed: Record<string, string>
  data: string[]
  wrong: Map<string, string>
}

function personPage(
  c: Context<PageEnv>,
  desk: SupplierDesk,
  usable: Usable,
  { typed, data, wrong }: Typed = { typed: {}, data: [], wrong: new Map() },
) {
  const words = c.var.t.asking
  return (
    <Page c={c} title={words.askPerson} errors={[...wrong].map(([field, sentence]) => ({ field, sentence }))}>
      <SupplierNav c={c} desk={desk} />
      <Heading over={desk.supplierName}>{words.askPerson}</Heading>
      <P lead>{words.askPersonIntro}</P>
      <UseFacts c={c} usable={usable} />
      <Rationing c={c} open />
      <OnceForm action={`${desk.path}/asking/person?service=${usable.service.serviceId}&holder=${usable.holder.holderId}`}>
        <Field
          name="reference"
          label={words.reference}
          hint={words.referenceHint}
          error={wrong.get('reference') ?? false}
          input={{ value: typed.reference, maxlength: 64, autocomplete: 'off' }}
        />
        <UseInputs c={c} usable={usable} typed={typed} data={data} wrong={wrong} />
        <Button>{words.prepare}</Button>
      </OnceForm>
    </Page>
  )
}
