import type { Context } from 'hono'
import { CATEGORIES, isCategory } from '../../catalog/categories.ts'
import type { LeafletContent } from '../../catalog/leaflet.ts'
import { type LeafletChange, leafletChanges, saidOfPurposes } from '../../catalog/leaflet-changes.ts'
import { purposeFor } from '../../catalog/purposes.ts'
import type { PageEnv } from '../page.tsx'
import { countryIn } from '../texts/dates.ts'

/** How a new leaflet version differs from the accepted one, line by line: what is struck out, what is new, and what asks people again (M26). */
export function LeafletDifference({ c, old, next }: { c: Context<PageEnv>; old: LeafletContent; next: LeafletContent }) {
  const { t } = c.var
  const words = t.contracts.difference
  const changes = leafletChanges(old, next)
  return (
    <dl class="changes card">
      {changes.map((change) => (
        <div>
          <dt>
            {words.sections[change.section]}{' '}
            {change.asksAgain && <span class="utrecht-status-badge utrecht-status-badge--warning">{words.asksAgain}</span>}
          </dt>
          <dd lang="nl">
            {change.kind !== 'added' && (
              <del>
                <span class="visually-hidden">{t.question.was}</span> {lineOf(c, change, old)}
              </del>
            )}{' '}
            {change.kind !== 'removed' && (
              <ins>
                <span class="visually-hidden">{t.question.is}</span> {lineOf(c, change, next)}
              </ins>
            )}
          </dd>
        </div>
      ))}
    </dl>
  )
}

/** What stands at a place of a leaflet, in the words of who reads it. */
function lineOf(c: Context<PageEnv>, { section, what }: LeafletChange, content: LeafletContent): string {
  const { language } = c.var
  const words = c.var.t.contracts.difference
  const category = (name: string) => (isCategory(name) ? CATEGORIES[name][language === 'en' ? 'en' : 'nl'] : name)
  if (section === 'parts') {
    const part = content.parts.find(({ partId }) => partId === what)
    return part ? `${part.name} (${part.optional ? words.optional : words.fixed}): ${part.explanation}` : ''
  }
  if (section === 'purposes')
    return saidOfPurposes(content, what) ?? purposeFor(content.purposes.kind, what)[language === 'en' ? 'en' : 'nl']
  if (section === 'subprocessors') {
    const found = content.subprocessors.find(({ name }) => name === what)
    return found ? `${found.name}, ${countryIn(language, found.country)}: ${found.task}` : ''
  }
  if (section === 'data') return dataLine(what, content, category, words)
  if (section === 'security' && /^[A-Z]{2}$/.test(what)) return words.stored(countryIn(language, what))
  const value = (content[section] as unknown as Record<string, string | boolean | string[] | undefined>)[what]
  return Array.isArray(value) ? value.join(', ') : String(value ?? '')
}

function dataLine(
  what: string,
  { data }: LeafletContent,
  category: (name: string) => string,
  words: PageEnv['Variables']['t']['contracts']['difference'],
): string {
  if (what === 'profile') return data.profile ? words.profile : words.noProfile
  if (what === 'automatedDecision') return data.automatedDecision ? words.computer : words.noComputer
  if (what.startsWith('incidental ')) return words.besides(what.slice('incidental '.length))
  const optional = what.startsWith('optional ')
  const name = optional ? what.slice('optional '.length) : what
  const use = (optional ? data.optional : data.categories).find((one) => one.category === name)
  return `${category(name)}${optional ? ` (${words.optional})` : ''}: ${use?.why ?? ''}`
}
