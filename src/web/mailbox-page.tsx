import { Hono } from 'hono'
import { Refusal } from '../refusal.ts'
import { Heading, P } from './blocks.tsx'
import { showError } from './errors.tsx'
import { Button, Field } from './fields.tsx'
import { Page } from './layout.tsx'
import { type PageEnv, page, show } from './page.tsx'

/** The demo's mailbox, as a page for people and as JSON for scripts, by `?address=` or in the path. Outside the demo there is no such page. */
export function mailboxRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.get('/mailbox/:address?', page, async (c) => {
    const { deps, t } = c.var
    if (!deps.mailbox) throw new Refusal('not_found')
    const address = (c.req.param('address') ?? c.req.query('address'))?.trim() ?? ''
    const mails = address ? await deps.mailbox(address) : []
    if (!c.req.header('accept')?.includes('text/html')) return c.json(mails)
    return show(
      c,
      <Page c={c} title={t.mailbox.title}>
        <Heading>{t.mailbox.title}</Heading>
        <P>{t.mailbox.intro}</P>
        <form method="get" action="/mailbox">
          <Field name="address" label={t.mailbox.address} input={{ type: 'email', value: address, autocomplete: 'off' }} />
          <Button>{t.mailbox.show}</Button>
        </form>
        {address && mails.length === 0 && <P>{t.mailbox.none}</P>}
        {mails.toReversed().map((mail) => (
          <article class="card">
            <h2 class="utrecht-heading-3 card__title">{mail.subject}</h2>
            <p class="soft">
              {mail.to} · {mail.at}
            </p>
            <div class="mail">{mail.text}</div>
          </article>
        ))}
      </Page>,
    )
  })
  return app
}
