import type { Context } from 'hono'
import type { SupplierParty } from '../../../catalog/store.ts'
import { Field } from '../../fields.tsx'
import type { PageEnv } from '../../page.tsx'

interface PartyProps {
  c: Context<PageEnv>
  typed: Record<string, string | undefined>
  error: (field: keyof SupplierParty) => string | false
}

/** How a company is named in a contract (M01). */
export function PartyFields({ c, typed, error }: PartyProps) {
  const words = c.var.t.supplierAgreements.form
  const text = (name: keyof SupplierParty, maxlength: number) => ({ value: typed[name], maxlength, autocomplete: 'off' })
  return (
    <>
      <Field name="address" label={words.address} error={error('address')} input={text('address', 300)} />
      <Field name="registration" label={words.registration} error={error('registration')} input={text('registration', 100)} />
      <Field
        name="representative"
        label={words.representative}
        hint={words.representativeHint}
        error={error('representative')}
        input={text('representative', 200)}
      />
    </>
  )
}
