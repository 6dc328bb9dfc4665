import type { Context } from 'hono'
import { z } from 'zod'
import type { SupplierId } from '../../../ids.ts'
import { type Rate, withinRate } from '../../../rates.ts'
import { Refusal } from '../../../refusal.ts'
import { Field } from '../../fields.tsx'
import { formToken } from '../../once-form.tsx'
import type { PageEnv } from '../../page.tsx'

/** As many as at the machine edge (POST /bc-authorize): who tries codes gets no further than this. */
const PER_SUPPLIER: Rate = { most: 300, seconds: 900 }

/** The code may come with the address that its QR code has around it. */
export const codeForm = z.strictObject({
  form: formToken,
  code: z
    .string()
    .max(500)
    .transform((typed) => typed.replace(/\s/g, '').replace(/^.*#/, ''))
    .pipe(z.string().min(1).max(100)),
})

/** Counted before anything is looked at, so that it says nothing of the code. @throws Refusal `too_many_requests` */
export async function mustBeWithinCodes(c: Context<PageEnv>, supplierId: SupplierId): Promise<void> {
  const { db, now } = c.var.deps
  if (!(await withinRate(db, now(), `link-codes:${supplierId}`, PER_SUPPLIER))) throw new Refusal('too_many_requests')
}

/** @param hint where to find the code; absent: for the supplier */
export function CodeField({ c, wrong, value, hint }: { c: Context<PageEnv>; wrong: boolean; value?: string; hint?: string }) {
  const words = c.var.t.asking.code
  return (
    <Field
      name="code"
      label={words.label}
      hint={hint ?? words.hint}
      error={wrong && words.missing}
      input={{ value, maxlength: 500, autocomplete: 'off', autocapitalize: 'off', spellcheck: 'false' }}
    />
  )
}
