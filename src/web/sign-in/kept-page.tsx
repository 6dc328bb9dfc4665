import { Hono } from 'hono'
import { keptForm } from '../../accounts/kept-forms.ts'
import { Refusal } from '../../refusal.ts'
import { Heading, Link, P } from '../blocks.tsx'
import { showError } from '../errors.tsx'
import { Button, TextArea } from '../fields.tsx'
import { Page } from '../layout.tsx'
import { KEPT, type PageEnv, sessionIn, show, signedInPage } from '../page.tsx'
import { isWritten, WRITTEN } from '../typed.ts'

/** What somebody wrote before their session was over: to look at again and to send, by who wrote it. */
export function keptRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)

  app.get(`${KEPT}/:key`, signedInPage, async (c) => {
    const words = c.var.t.signIn.kept
    const kept = await keptForm(c.var.deps, sessionIn(c).accountId, c.req.param('key'))
    if (!kept) throw new Refusal('not_found')
    return show(
      c,
      <Page c={c} title={words.title}>
        <Heading>{words.title}</Heading>
        <P lead>{words.intro}</P>
        <form method="post" action={kept.action} novalidate>
          {kept.fields
            .filter(([name]) => !name.endsWith(WRITTEN))
            .map(([name, value], nr) =>
              isWritten(kept.fields, [name, value]) ? (
                <TextArea id={`kept-${nr}`} name={name} label={words.yours} value={value} maxlength={10_000} />
              ) : (
                <input type="hidden" name={name} value={value} />
              ),
            )}
          <Button>{words.send}</Button>
        </form>
        <P>
          <Link href={kept.back}>{words.back}</Link>
        </P>
      </Page>,
    )
  })
  return app
}
