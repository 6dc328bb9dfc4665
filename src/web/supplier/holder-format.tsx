import type { Context } from 'hono'
import type { JWK } from 'jose'
import { z } from 'zod'
import type { NewTokenFormat } from '../../catalog/change-token-format.ts'
import type { Holder } from '../../catalog/store.ts'
import type { HolderId } from '../../ids.ts'
import { Refusal } from '../../refusal.ts'
import { P } from '../blocks.tsx'
import { Button, Choices, TextArea } from '../fields.tsx'
import { formToken, OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import type { SupplierDesk } from './desk.ts'

const FORMATS = ['jwt', 'jwe', 'opaque'] as const
const ENDS = ['status-list', 'introspection'] as const

export const formatForm = z.strictObject({
  form: formToken,
  format: z.enum(FORMATS),
  jwk: z.string().max(5000).default(''),
  ended: z.enum(ENDS),
})
type Typed = Omit<z.output<typeof formatForm>, 'form'>

/** What was filled in of one holder that does not go together, and at which field that is told. */
export interface FormatAgain {
  holderId: HolderId
  wrong: 'jwk' | 'ended'
  typed: Typed
}

/**
 * What was filled in, as the command takes it. Who leaves the key open keeps the one there is.
 *
 * @throws Refusal `client_key_invalid` for what is no JSON
 */
export function formatTyped({ encryptionJwk }: Holder, { format, jwk, ended }: Typed): NewTokenFormat {
  const key = jwk.trim() === '' ? format === 'jwe' && encryptionJwk : keyIn(jwk)
  return { tokenFormat: format, endedBy: ended, ...(key && { encryptionJwk: key }) }
}

/** Where a refusal of `changeTokenFormat` is told; undefined where it is not about what was filled in. A private key is not shown again. */
export function formatAgain(error: unknown, holderId: HolderId, typed: Typed): FormatAgain | undefined {
  if (!(error instanceof Refusal && ['client_key_invalid', 'input_invalid'].includes(error.code))) return undefined
  const isEnded = typed.format === 'opaque' && typed.ended !== 'introspection'
  return { holderId, wrong: isEnded ? 'ended' : 'jwk', typed: { ...typed, jwk: /"d"\s*:/.test(typed.jwk) ? '' : typed.jwk } }
}

function keyIn(text: string): JWK {
  try {
    return JSON.parse(text) as JWK
  } catch {
    throw new Refusal('client_key_invalid')
  }
}

/** How a holder takes its tokens, to which key, and how it finds their end. */
export function Format({
  c,
  desk,
  holder,
  again,
}: {
  c: Context<PageEnv>
  desk: SupplierDesk
  holder: Holder
  again?: FormatAgain | undefined
}) {
  const words = c.var.t.holder
  const { holderId, tokenFormat, endedBy, encryptionJwk } = holder
  const mine = again?.holderId === holderId ? again : undefined
  return (
    <details class="more" open={mine !== undefined}>
      <summary>{words.change}</summary>
      <div class="more__body">
        <P>{words.changeIntro}</P>
        <OnceForm action={`${desk.path}/holder/${holderId}/format`}>
          <Choices
            name="format"
            id={`format-${holderId}`}
            label={words.formatLabel}
            options={FORMATS.map((format) => ({ value: format, text: words.formats[format] }))}
            chosen={mine?.typed.format ?? tokenFormat}
          />
          <TextArea
            name="jwk"
            id={`jwk-${holderId}`}
            label={words.jwk}
            hint={encryptionJwk ? words.jwkKept : words.jwkHint}
            error={mine?.wrong === 'jwk' && words.jwkWrong}
            value={mine?.typed.jwk ?? ''}
            maxlength={5000}
          />
          <Choices
            name="ended"
            id={`ended-${holderId}`}
            label={words.ends}
            hint={words.endsHint}
            error={mine?.wrong === 'ended' && words.endsWrong}
            options={ENDS.map((ended) => ({ value: ended, text: words.endsBy[ended] }))}
            chosen={mine?.typed.ended ?? endedBy}
          />
          <Button>{words.changeButton}</Button>
        </OnceForm>
      </div>
    </details>
  )
}
