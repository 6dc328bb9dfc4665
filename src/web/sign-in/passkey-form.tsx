import type { Context } from 'hono'
import { Button } from '../fields.tsx'
import type { PageEnv } from '../page.tsx'
import { passkeyScriptPath } from './passkey-script.ts'

interface PasskeyFormProps {
  c: Context<PageEnv>
  kind: 'add' | 'sign_in'
  /** Where to go after signing in. */
  next?: string
}

/** The button for a passkey, with its script. Without the script it is not there. */
export function PasskeyForm({ c, kind, next }: PasskeyFormProps) {
  const { t } = c.var
  const action = kind === 'add' ? '/account/passkeys' : '/sign-in/passkey'
  return (
    <>
      <form method="post" action={action} class="passkey" data-passkey={`${action}/start`} data-kind={kind} hidden>
        <input type="hidden" name="answer" value="" />
        {next !== undefined && <input type="hidden" name="next" value={next} />}
        <Button primary={false}>{kind === 'add' ? t.account.passkeyAdd : t.signIn.passkey}</Button>
        <p class="utrecht-form-field-error-message" role="alert" data-problem="1" hidden>
          {t.signIn.passkeyProblem}
        </p>
      </form>
      <script src={passkeyScriptPath} defer></script>
    </>
  )
}
