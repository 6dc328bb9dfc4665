import type { Context } from 'hono'
import type { Passkey } from '../../accounts/passkeys.ts'
import { ButtonLink, P } from '../blocks.tsx'
import { Button } from '../fields.tsx'
import type { PageEnv } from '../page.tsx'
import { PasskeyForm } from '../sign-in/passkey-form.tsx'
import { dayIn } from '../texts/dates.ts'

export function Passkeys({ c, passkeys }: { c: Context<PageEnv>; passkeys: Passkey[] }) {
  const { t, language } = c.var
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.account.passkeys}</h2>
      <P>{t.account.passkeysIntro}</P>
      {passkeys.map(({ credentialId, device, synced, madeAt, lastUsedAt }) => {
        const name = `passkey-${credentialId}`
        return (
          <article class="card">
            <h3 class="utrecht-heading-3 card__title" id={name}>
              {device || t.account.unknownDevice}
            </h3>
            <P>
              {t.account.passkeyMade(dayIn(language, madeAt))}{' '}
              {lastUsedAt ? t.account.passkeyUsed(dayIn(language, lastUsedAt)) : t.account.passkeyUnused}
              <br />
              <span class="soft">{synced ? t.account.passkeySynced : t.account.passkeyHere}</span>
            </P>
            <form method="post" action="/account/passkeys/remove">
              <input type="hidden" name="credential" value={credentialId} />
              <Button primary={false} describedBy={name}>
                {t.account.remove}
              </Button>
            </form>
          </article>
        )
      })}
      <PasskeyForm c={c} kind="add" />
      <noscript>
        <P>{t.account.passkeyNoScript}</P>
      </noscript>
    </section>
  )
}

export function Providers({ c, bound }: { c: Context<PageEnv>; bound: { provider: string; boundAt: Date }[] }) {
  const { t, language, deps } = c.var
  const offered = deps.identityProviders.filter(({ id }) => !bound.some(({ provider }) => provider === id))
  const nameOf = (id: string) => deps.identityProviders.find((one) => one.id === id)?.name ?? id
  if (bound.length + offered.length === 0) return null
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{t.account.providers}</h2>
      <P>{t.account.providersIntro}</P>
      {bound.map(({ provider, boundAt }) => (
        <article class="card">
          <h3 class="utrecht-heading-3 card__title" id={`provider-${provider}`}>
            {nameOf(provider)}
          </h3>
          <P>{t.account.providerBound(dayIn(language, boundAt))}</P>
          <form method="post" action={`/account/providers/${provider}/remove`}>
            <Button primary={false} describedBy={`provider-${provider}`}>
              {t.account.remove}
            </Button>
          </form>
        </article>
      ))}
      <div class="utrecht-button-group">
        {offered.map(({ id, name }) => (
          <ButtonLink href={`/sign-in/with/${id}?next=%2Faccount`}>{t.account.providerBind(name)}</ButtonLink>
        ))}
      </div>
    </section>
  )
}
