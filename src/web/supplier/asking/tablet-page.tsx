import { type Context, Hono } from 'hono'
import { raw } from 'hono/html'
import { renderSVG } from 'uqr'
import { newFormToken } from '../../../accounts/forms.ts'
import { supplierById } from '../../../catalog/store.ts'
import { askPrepared } from '../../../requests/ask-prepared.ts'
import { wasAskedOnTablet } from '../../../requests/prepared-asks.ts'
import { attemptBy } from '../../attempt.ts'
import { Heading, P } from '../../blocks.tsx'
import { showError } from '../../errors.tsx'
import { Button } from '../../fields.tsx'
import { Page } from '../../layout.tsx'
import { form, type PageEnv, page, safeReadForm, show } from '../../page.tsx'
import { CodeField, codeForm, mustBeWithinCodes } from './code-field.tsx'
import { onTablet } from './on-tablet.ts'

/**
 * The page that a supplier opens on its tablet: the parent types the code, and can do nothing else there. Nobody is signed in on it; its
 * secret address is good for one question, for an hour.
 */
export function tabletRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get('/tablet/asked', page, (c) => show(c, thanksPage(c)))

  app.get('/tablet/:secret', page, async (c) => show(c, await tabletPage(c)))

  app.post('/tablet/:secret', form, async (c) => {
    const { deps } = c.var
    if (await wasAskedOnTablet(deps.db, c.req.param('secret'), deps.now())) return c.redirect('/tablet/asked', 303)
    const { prepared, actor } = await onTablet(c)
    const read = await safeReadForm(c, codeForm)
    if (!read.ok) return show(c, await tabletPage(c, true), 400)
    await mustBeWithinCodes(c, actor.supplierId)
    const by = { boardId: null, approach: 'operator', actor: `member:${actor.memberId}` } as const
    await attemptBy(c, by, () => askPrepared(deps, actor, { askId: prepared.askId, linkCode: read.data.code }))
    return c.redirect('/tablet/asked', 303)
  })
  return app
}

async function tabletPage(c: Context<PageEnv>, wrong = false) {
  const words = c.var.t.asking
  const { actor } = await onTablet(c)
  const supplier = await supplierById(c.var.deps.db, actor.supplierId)
  const name = supplier?.legalName ?? ''
  return (
    <Page c={c} title={words.tablet.forParent(name)} errors={wrong ? [{ field: 'code', sentence: words.code.missing }] : []} bare>
      <Heading>{words.tablet.forParent(name)}</Heading>
      <P lead>{words.tablet.own}</P>
      <div class="qr" role="img" aria-label={words.tablet.ownQr}>
        {raw(renderSVG(`${c.var.deps.issuer}${c.req.path}/own`, { border: 2 }))}
      </div>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.tablet.orType}</h2>
      <P>{words.tablet.parentIntro}</P>
      <form method="post" action={c.req.path} novalidate autocomplete="off">
        <input type="hidden" name="form" value={newFormToken()} />
        <CodeField c={c} wrong={wrong} hint={words.tablet.hint} />
        <Button primary={false}>{words.tablet.send}</Button>
      </form>
      <P>{words.tablet.parentLater}</P>
    </Page>
  )
}

/** The same whatever the code was worth. */
function thanksPage(c: Context<PageEnv>) {
  const words = c.var.t.asking.tablet
  return (
    <Page c={c} title={words.thanks} bare>
      <Heading>{words.thanks}</Heading>
      <P lead>{words.thanksIntro}</P>
    </Page>
  )
}
