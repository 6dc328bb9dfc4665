import type { Context } from 'hono'
import { CATEGORIES, isCategory } from '../catalog/categories.ts'
import type { LeafletContent } from '../catalog/leaflet.ts'
import { type LeafletChange, leafletChanges, saidOfPurposes } from '../catalog/leaflet-changes.ts'
import { purposeName } from '../catalog/purposes.ts'
import { P } from './blocks.tsx'
import type { PageEnv } from './page.tsx'
import { countryIn } from './texts/dates.ts'

/** What a version of a leaflet says otherwise than another: line by line, old and new words, and which of it is asked again (M26). */
export function LeafletDifference({ c, old, next }: { c: Context<PageEnv>; old: LeafletContent; next: LeafletContent }) {
  const words = c.var.t.services
  const changes = leafletChanges(old, next)
  if (changes.length === 0) return <P>{words.noDifference}</P>
  return (
    <dl class="changes card">
      {changes.map((change) => (
        <div>
          <dt>
            {words.section[change.section].title}
            {nameOf(c, change) && `: ${nameOf(c, change)}`}{' '}
            <span class={`utrecht-status-badge utrecht-status-badge--${change.asksAgain ? 'warning' : 'neutral'}`}>
              {change.asksAgain ? words.asksAgain : words.formality}
            </span>
          </dt>
          <dd>
            <Old c={c} text={saidIn(c, old, change)} /> <New c={c} text={saidIn(c, next, change)} />
          </dd>
        </div>
      ))}
    </dl>
  )
}

function Old({ c, text }: { c: Context<PageEnv>; text: string }) {
  if (text === '') return null
  return (
    <del lang="nl">
      <span class="visually-hidden">{c.var.t.question.was}</span> {text}
    </del>
  )
}

function New({ c, text }: { c: Context<PageEnv>; text: string }) {
  if (text === '') return null
  return (
    <ins lang="nl">
      <span class="visually-hidden">{c.var.t.question.is}</span> {text}
    </ins>
  )
}

/** Which field or entry of the section it is, for a reader. */
function nameOf(c: Context<PageEnv>, { section, what }: LeafletChange): string {
  const { t, language } = c.var
  const fields = t.services.section[section].fields as Record<string, { label: string }>
  if (what.startsWith('incidental ')) return t.oversight.register.columns.incidental
  const entry = what.replace(/^optional /, '')
  if (section === 'security' && /^[A-Z]{2}$/.test(what)) return countryIn(language, what)
  if (isCategory(entry)) return CATEGORIES[entry][language]
  return purposeName(entry, language, c.var.toStudents) ?? fields[what]?.label ?? (section === 'parts' ? '' : entry)
}

/** What a version says there; empty where it says nothing. */
function saidIn(c: Context<PageEnv>, content: LeafletContent, { section, what }: LeafletChange): string {
  const { t, language } = c.var
  const { parts, purposes, data, security, subprocessors } = content
  const [list, entry = ''] = /^(optional|incidental) (.*)$/s.exec(what)?.slice(1) ?? []
  if (section === 'parts') {
    const part = parts.find(({ partId }) => partId === what)
    return part ? `${part.name}: ${part.explanation}${part.optional ? ` (${t.services.uses.optional})` : ''}` : ''
  }
  if (section === 'purposes') return saidOfPurposes(content, what) ?? (purposes.purposes.includes(what) ? t.services.there : '')
  if (list === 'incidental') return data.incidental.includes(entry) ? entry : ''
  if (list === 'optional') return data.optional.find(({ category }) => category === entry)?.why ?? ''
  if (section === 'data' && isCategory(what)) return data.categories.find(({ category }) => category === what)?.why ?? ''
  if (section === 'security' && /^[A-Z]{2}$/.test(what)) return security.storageCountries.includes(what) ? countryIn(language, what) : ''
  if (section === 'subprocessors') {
    const who = subprocessors.find(({ name }) => name === what)
    return who ? `${who.task} (${countryIn(language, who.country)})` : ''
  }
  const value = (content[section] as Record<string, string | boolean | string[] | Record<string, string> | null | undefined>)[what]
  if (typeof value === 'boolean') return value ? t.services.yes : t.services.no
  if (value !== null && typeof value === 'object' && !Array.isArray(value)) return Object.values(value).join(', ')
  return Array.isArray(value) ? value.join(', ') : String(value ?? '')
}
