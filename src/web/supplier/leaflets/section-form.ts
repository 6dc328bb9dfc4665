import type { LeafletContent, LeafletDraft, LeafletSectionName } from '../../../catalog/leaflet.ts'
import type { Language } from '../../../languages.ts'
import { countryIn } from '../../texts/dates.ts'
import { countryCodeOf } from './countries.ts'
import { EMPTY_ROWS, MOST_ROWS, SECTION_FIELDS, type SectionField } from './section-fields.ts'

/** A section as it stands in its form: by the name of the field; ticked purposes under `purposes`. */
export interface TypedSection {
  fields: Record<string, string>
  rows: Record<string, string>[]
  purposes: string[]
}

/** A section as its form shows it. */
export function typedFrom(draft: LeafletDraft, section: LeafletSectionName, language: Language): TypedSection {
  const typed: TypedSection = { fields: {}, rows: [], purposes: [] }
  const value = draft[section]
  if (section === 'changed') typed.fields.changed = (value as string | undefined) ?? ''
  else if (Array.isArray(value)) {
    typed.rows = value.map((row: Record<string, string | boolean>) => ({
      ...Object.fromEntries(Object.entries(row).map(([name, one]) => [name, one === true ? '1' : one === false ? '' : one])),
      ...(typeof row.country === 'string' && { country: countryIn(language, row.country) }),
    }))
    if (section === 'subprocessors' && value.length === 0) typed.fields.none = '1'
  } else if (value) {
    for (const { name, kind } of SECTION_FIELDS[section].fields) {
      typed.fields[name] = fieldFrom((value as Record<string, string | boolean | string[] | null>)[name], kind, language)
    }
    if (section === 'purposes') {
      typed.purposes = draft.purposes!.purposes
      Object.assign(typed.fields, draft.purposes!.research)
    }
    if (section === 'data') typed.rows = rowsOfData(draft.data!)
  }
  return withEmptyRows(section, typed)
}

function fieldFrom(value: string | boolean | string[] | null | undefined, kind: SectionField['kind'], language: Language): string {
  if (kind === 'tick') return value === true ? '1' : ''
  if (kind === 'countries') return (value as string[]).map((code) => countryIn(language, code)).join('\n')
  return Array.isArray(value) ? value.join('\n') : String(value ?? '')
}

const rowsOfData = ({ categories, optional }: LeafletContent['data']) => [
  ...categories.map((use) => ({ ...use, use: 'needed' })),
  ...optional.map((use) => ({ ...use, use: 'optional' })),
]

function withEmptyRows(section: LeafletSectionName, typed: TypedSection): TypedSection {
  if (!SECTION_FIELDS[section].rows) return typed
  const empty = Math.min(EMPTY_ROWS, MOST_ROWS - typed.rows.length)
  return { ...typed, rows: [...typed.rows, ...Array.from({ length: empty }, () => ({}))] }
}

/** What was sent, by field and row; every row keeps its place. */
export function typedIn(section: LeafletSectionName, sent: Record<string, string | string[]>): TypedSection {
  const one = (name: string) => [sent[name] ?? ''].flat()[0]!
  const { fields, rows = [] } = SECTION_FIELDS[section]
  const count =
    rows.length === 0
      ? 0
      : Math.min(MOST_ROWS, 1 + Math.max(-1, ...Object.keys(sent).map((name) => Number(/-(\d{1,2})$/.exec(name)?.[1] ?? -1))))
  return {
    fields: Object.fromEntries(fields.map(({ name }) => [name, one(name)])),
    rows: Array.from({ length: count }, (_, nr) =>
      Object.fromEntries([...rows.map(({ name }) => name), 'partId'].map((name) => [name, one(`${name}-${nr}`)])),
    ),
    purposes: [sent.purposes ?? []].flat(),
  }
}

/** A section that was typed, ready to be read by `readDraft`, and the field that each of its places stands in. */
export function sectionFrom(
  section: LeafletSectionName,
  kind: 'I' | 'II',
  typed: TypedSection,
): { value: unknown; fieldAt: (place: string) => string } {
  const { fields, purposes } = typed
  const rows = typed.rows.map((row, nr) => ({ row, nr })).filter(({ row }) => isFilledIn(row))
  const inRow = (place: string) => {
    const [, nr = '', name = ''] = /(?:^|\.)(\d+)(?:\.(\w+))?$/.exec(place) ?? []
    return nr === '' ? 'rows' : `${name || 'name'}-${rows[Number(nr)]?.nr ?? 0}`
  }
  const plain = (place: string) => place.split('.')[1] ?? section
  const own = Object.fromEntries(SECTION_FIELDS[section].fields.map(({ name, kind: as }) => [name, valueOf(fields[name] ?? '', as)]))
  switch (section) {
    case 'changed':
      return { value: fields.changed, fieldAt: () => 'changed' }
    case 'parts':
      return { value: partsFrom(rows.map(({ row }) => row)), fieldAt: inRow }
    case 'subprocessors': {
      const all = rows.map(({ row: { name, task, country = '' } }) => ({ name, task, country: countryCodeOf(country) ?? '' }))
      // To have none is something to say, not to forget.
      return { value: all.length === 0 && fields.none !== '1' ? undefined : all, fieldAt: inRow }
    }
    case 'purposes':
      return { value: purposesFrom(kind, fields, purposes), fieldAt: purposeField }
    case 'data': {
      const uses = rows.map(({ row: { category, why, use }, nr }) => ({ value: { category, why }, use, nr }))
      const needed = uses.filter(({ use }) => use !== 'optional')
      const optional = uses.filter(({ use }) => use === 'optional')
      const fieldAt = (place: string) => {
        const [, list, nr, name] = /^data\.(categories|optional)(?:\.(\d+)\.?(\w*))?$/.exec(place) ?? []
        if (!list) return place === 'data' ? 'rows' : plain(place)
        const at = (list === 'optional' ? optional : needed)[Number(nr ?? -1)]
        return at ? `${name || 'category'}-${at.nr}` : 'rows'
      }
      return { value: { ...own, categories: needed.map(({ value }) => value), optional: optional.map(({ value }) => value) }, fieldAt }
    }
    default:
      return { value: own, fieldAt: plain }
  }
}

const isFilledIn = (row: Record<string, string>) =>
  Object.entries(row).some(([name, typed]) => !['use', 'optional', 'partId'].includes(name) && typed.trim() !== '')

const linesOf = (text: string) =>
  text
    .split(/\r?\n/)
    .map((line) => line.trim())
    .filter((line) => line !== '')

function valueOf(typed: string, kind: SectionField['kind']): unknown {
  if (kind === 'tick') return typed === '1'
  if (kind === 'lines') return linesOf(typed)
  if (kind === 'countries') return linesOf(typed).map((line) => countryCodeOf(line) ?? '')
  return typed
}

/** Research and anonymous data are said where there is anything to say: `readDraft` knows which purposes need it (C15, C16). */
function purposesFrom(kind: 'I' | 'II', { plain, anonymisation = '', ...research }: Record<string, string>, purposes: string[]) {
  const { question = '', institution = '', researcher = '', rules = '' } = research
  const isResearch = [question, institution, researcher, rules].some((text) => text.trim() !== '')
  return {
    kind,
    purposes,
    plain,
    ...(isResearch && { research: { question, institution, researcher, rules } }),
    ...(anonymisation.trim() !== '' && { anonymisation }),
  }
}

const purposeField = (place: string) => {
  const [, name = 'purposes', of] = place.split('.')
  if (name === 'research') return of ?? 'question'
  return name === 'plain' || name === 'anonymisation' ? name : 'purposes'
}

/** A part keeps its id, under which contracts chose it; a new one gets one from its name. */
function partsFrom(rows: Record<string, string>[]): LeafletContent['parts'] {
  const taken = new Set(rows.map(({ partId = '' }) => partId))
  return rows.map(({ partId, name = '', explanation = '', optional }) => ({
    partId: partId || newPartId(name, taken),
    name,
    explanation,
    optional: optional === '1',
  }))
}

function newPartId(name: string, taken: Set<string>): string {
  const words = name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase()
  const slug = words
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^[^a-z]+|-+$/g, '')
    .slice(0, 30)
  const base = slug.length >= 2 ? slug : 'part'
  let id = base
  for (let nr = 2; taken.has(id); nr++) id = `${base}-${nr}`
  taken.add(id)
  return id
}
