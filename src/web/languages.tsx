import type { Context } from 'hono'
import { directionOf, isTranslation, LANGUAGES, type Translation } from '../languages.ts'
import { Link } from './blocks.tsx'
import type { PageEnv } from './page.tsx'
import { messages } from './texts/messages.ts'
import type { Messages } from './texts/shape.ts'
import { LANGUAGE_NAMES, translationNotes } from './texts/translation-notes.ts'

/** The languages, each by its own name, in a list that opens without JavaScript; one press chooses. */
export function LanguageChooser({ c }: { c: Context<PageEnv> }) {
  const { t, chosen } = c.var
  const { pathname, search } = new URL(c.req.url)
  return (
    <details class="languages">
      <summary>
        <Globe />
        <span class="visually-hidden">{t.frame.languageSwitch}: </span>
        <span lang={chosen} dir={directionOf(chosen)}>
          {LANGUAGE_NAMES[chosen]}
        </span>
      </summary>
      <form method="post" action="/language" aria-label={t.frame.languageSwitch}>
        <input type="hidden" name="back" value={c.req.method === 'GET' ? pathname + search : '/'} />
        {LANGUAGES.map((language) => (
          <button
            class="quiet-button"
            type="submit"
            name="language"
            value={language}
            lang={language}
            dir={directionOf(language)}
            aria-current={language === chosen ? 'true' : undefined}
          >
            {LANGUAGE_NAMES[language]}
          </button>
        ))}
      </form>
    </details>
  )
}

/** Above every page for whoever chose a language that is only a help: that it is one, or that there is none here. */
export function TranslationNote({ c }: { c: Context<PageEnv> }) {
  const { language, chosen } = c.var
  if (isTranslation(language)) return <LeadingDutch language={language} />
  const cameForDutch = c.req.query('in') !== undefined
  if (!isTranslation(chosen) || cameForDutch) return null
  return (
    <div class="note no-print" lang={chosen} dir={directionOf(chosen)}>
      {translationNotes[chosen].notHere}
    </div>
  )
}

/** A word of weight, on a button: in a translation the Dutch one stands beside it. */
export function WithDutch({ c, words }: { c: Context<PageEnv>; words: (t: Messages) => string }) {
  const { t, language } = c.var
  if (!isTranslation(language)) return <>{words(t)}</>
  return (
    <span>
      {words(t)}{' '}
      <span class="in-dutch" lang="nl" dir="ltr">
        {words(messages.nl)}
      </span>
    </span>
  )
}

function LeadingDutch({ language }: { language: Translation }) {
  const words = translationNotes[language]
  return (
    <div class="note">
      {words.isTranslation} <Link href="?in=nl">{words.readDutch}</Link>
    </div>
  )
}

function Globe() {
  return (
    <svg class="languages__globe" viewBox="0 0 24 24" aria-hidden="true" focusable="false">
      <path d="M12 2a10 10 0 1 0 0 20 10 10 0 0 0 0-20ZM2 12h20M12 2c3 3 4 6.5 4 10s-1 7-4 10c-3-3-4-6.5-4-10s1-7 4-10Z" />
    </svg>
  )
}
