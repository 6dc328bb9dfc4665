import type { Context } from 'hono'
import type { IdentityProvider } from '../../identity-providers.ts'
import { ButtonLink } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'

/** A link to each identity provider. A link leads away; a form would be held to this site. */
export function ProviderLinks({ c, providers, next }: { c: Context<PageEnv>; providers: readonly IdentityProvider[]; next: string }) {
  if (providers.length === 0) return null
  return (
    <div class="utrecht-button-group">
      {providers.map(({ id, name }) => (
        <ButtonLink href={`/sign-in/with/${id}?${new URLSearchParams({ next })}`}>{c.var.t.signIn.with(name)}</ButtonLink>
      ))}
    </div>
  )
}
