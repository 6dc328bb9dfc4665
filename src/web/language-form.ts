import { Hono } from 'hono'
import { z } from 'zod'
import { chooseLanguage } from '../accounts/sessions.ts'
import { LANGUAGES } from '../languages.ts'
import { showError } from './errors.tsx'
import { form, ownPath, type PageEnv, readForm, rememberLanguage } from './page.tsx'

const languageForm = z.strictObject({ language: z.enum(LANGUAGES), back: z.string().max(2000).default('/') })

export function languageRoutes(): Hono<PageEnv> {
  const app = new Hono<PageEnv>()
  app.onError(showError)
  app.post('/language', form, async (c) => {
    const { language, back } = await readForm(c, languageForm)
    rememberLanguage(c, language)
    if (c.var.session) await chooseLanguage(c.var.deps.db, c.var.session.accountId, language)
    return c.redirect(ownPath(c, back), 303)
  })
  return app
}
