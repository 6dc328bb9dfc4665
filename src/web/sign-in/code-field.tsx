import type { Context } from 'hono'
import { z } from 'zod'
import { CODE_DIGITS, LONG_DIGITS } from '../../accounts/sign-in.ts'
import { idOf } from '../../http.ts'
import type { SignInCodeId } from '../../ids.ts'
import { Field } from '../fields.tsx'
import type { PageEnv } from '../page.tsx'

/** The code from a mail, the short one or the long one, as somebody types it, and which mail it was. */
export const codeFields = {
  code: z
    .string()
    .transform((typed) => typed.replace(/[\s.-]/g, ''))
    .pipe(z.string().regex(new RegExp(`^(\\d{${CODE_DIGITS}}|\\d{${LONG_DIGITS}})$`))),
  sent: idOf<SignInCodeId>(),
}

export function CodeField({ c, error }: { c: Context<PageEnv>; error?: string | undefined }) {
  const { t } = c.var
  return (
    <Field
      name="code"
      label={t.signIn.code}
      hint={t.signIn.codeOld}
      error={error}
      input={{
        type: 'text',
        inputmode: 'numeric',
        autocomplete: 'one-time-code',
        autocapitalize: 'off',
        spellcheck: 'false',
        required: true,
        maxlength: 40,
        class: 'code-input',
      }}
    />
  )
}
