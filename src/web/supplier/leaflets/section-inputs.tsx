import type { Context } from 'hono'
import { CATEGORIES } from '../../../catalog/categories.ts'
import type { LeafletSectionName } from '../../../catalog/leaflet.ts'
import { PURPOSES } from '../../../catalog/purposes.ts'
import { Choices, Field, Group, TextArea, Tick } from '../../fields.tsx'
import type { PageEnv } from '../../page.tsx'
import { countriesIn } from './countries.ts'
import { SECTION_FIELDS, type SectionField } from './section-fields.ts'
import type { TypedSection } from './section-form.ts'

interface InputsProps {
  c: Context<PageEnv>
  kind: 'I' | 'II'
  section: LeafletSectionName
  typed: TypedSection
  /** What is wrong, by field. */
  sentences: Map<string, string>
}

/** Everything that a section asks for. */
export function SectionInputs({ c, kind, section, typed, sentences }: InputsProps) {
  const { t } = c.var
  const words = t.services
  const { fields, rows } = SECTION_FIELDS[section]
  return (
    <>
      {section === 'purposes' && <Purposes c={c} kind={kind} chosen={typed.purposes} wrong={sentences.get('purposes')} />}
      {rows && (
        <div id="rows" tabindex={-1}>
          {sentences.has('rows') && <div class="utrecht-form-field-error-message">{sentences.get('rows')}</div>}
          {typed.rows.map((row, nr) => (
            <Group legend={words.section[section].row(String(nr + 1))}>
              {section === 'parts' && <input type="hidden" name={`partId-${nr}`} value={row.partId ?? ''} />}
              {rows.map((field) => (
                <Input
                  c={c}
                  section={section}
                  field={field}
                  id={`${field.name}-${nr}`}
                  value={row[field.name] ?? ''}
                  error={sentences.get(`${field.name}-${nr}`)}
                />
              ))}
            </Group>
          ))}
        </div>
      )}
      {fields.map((field) => (
        <Input
          c={c}
          section={section}
          field={field}
          id={field.name}
          value={typed.fields[field.name] ?? ''}
          error={sentences.get(field.name)}
        />
      ))}
      {section === 'subprocessors' && (
        <datalist id="countries">
          {countriesIn(c.var.language).map((country) => (
            <option value={country} />
          ))}
        </datalist>
      )}
    </>
  )
}

function Purposes({ c, kind, chosen, wrong }: { c: Context<PageEnv>; kind: 'I' | 'II'; chosen: string[]; wrong: string | undefined }) {
  const { t } = c.var
  const spelt = (id: string) => id.replace('5.x', kind === 'I' ? '5.1' : '5.2')
  return (
    <div id="purposes" tabindex={-1}>
      <Group legend={t.services.purposes}>
        {wrong && <div class="utrecht-form-field-error-message">{wrong}</div>}
        {PURPOSES.filter(({ kinds }) => kinds.includes(kind)).map((purpose) => (
          <Tick
            name="purposes"
            value={purpose.id}
            id={`purpose-${purpose.id.replaceAll('.', '-')}`}
            text={`${purpose.id} ${purpose[c.var.language]}`}
            ticked={chosen.some((id) => spelt(id) === purpose.id)}
          />
        ))}
      </Group>
    </div>
  )
}

interface InputProps {
  c: Context<PageEnv>
  section: LeafletSectionName
  field: SectionField | { name: 'category' | 'use'; kind: 'choice' }
  id: string
  value: string
  error: string | undefined
}

function Input({ c, section, field, id, value, error }: InputProps) {
  const { t } = c.var
  const words = t.services
  const named = words.section[section].fields as Record<string, { label: string; hint?: string }>
  const { label, hint } = named[field.name]!
  const frame = { name: id, label, error: error ?? false, ...(hint !== undefined && { hint }) } as const
  switch (field.kind) {
    case 'tick':
      return <Tick name={id} value="1" id={id} text={label} ticked={value === '1'} />
    case 'choice':
      return <Choices {...frame} chosen={value} options={field.name === 'category' ? categories(c) : uses(c)} />
    case 'long':
    case 'lines':
    case 'countries':
      return <TextArea {...frame} value={value} />
    case 'country':
      return <Field {...frame} input={{ value, list: 'countries', maxlength: 60, autocomplete: 'off' }} />
    case 'day':
      return <Field {...frame} input={{ type: 'date', value }} />
    default:
      return <Field {...frame} input={{ type: field.kind === 'line' ? 'text' : field.kind, value, maxlength: 2000, autocomplete: 'off' }} />
  }
}

const categories = (c: Context<PageEnv>) => [
  { value: '', text: c.var.t.services.chooseCategory },
  ...Object.entries(CATEGORIES).map(([id, category]) => ({ value: id, text: category[c.var.language] })),
]

const uses = (c: Context<PageEnv>) => (['needed', 'optional'] as const).map((use) => ({ value: use, text: c.var.t.services.uses[use] }))
