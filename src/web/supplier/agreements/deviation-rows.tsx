import type { Context } from 'hono'
import type { Deviation } from '../../../agreements/agreement.ts'
import { P } from '../../blocks.tsx'
import { Field, Group, TextArea } from '../../fields.tsx'
import type { PageEnv } from '../../page.tsx'

/** How many deviations from the model fit in an empty form (Annex 3). */
const EMPTY_ROWS = 4
const PARTS = ['article', 'text', 'motivation'] as const

type Fields = Record<string, string | string[] | undefined>

/** How many rows there are to show: all that have come, and at least those of an empty form. */
const rowsIn = (fields: Fields): number =>
  Math.max(EMPTY_ROWS, ...Object.keys(fields).map((name) => 1 + Number(/^(?:article|text|motivation)-(\d{1,2})$/.exec(name)?.[1] ?? -1)))

/** The rows of a form in which anything stands, each with its number in the form. */
export function deviationsIn(fields: Fields): { row: number; deviation: Deviation }[] {
  const typed = (name: string) => String(fields[name] ?? '').trim()
  return Array.from({ length: rowsIn(fields) }, (_, row) => ({
    row,
    deviation: { article: typed(`article-${row}`), text: typed(`text-${row}`), motivation: typed(`motivation-${row}`) },
  })).filter(({ deviation }) => PARTS.some((part) => deviation[part] !== ''))
}

/** What is missing in rows that were begun, by field: a deviation is its article, what stands in its place, and why (M25). */
export function incompleteIn({ var: { t } }: Context<PageEnv>, fields: Fields): [field: string, sentence: string][] {
  const { missing } = t.supplierAgreements.wrong
  const sentences = { article: missing, text: missing, motivation: t.errors.refusals.deviation_unmotivated }
  return deviationsIn(fields).flatMap(({ row, deviation }) =>
    PARTS.filter((part) => deviation[part] === '').map((part): [string, string] => [`${part}-${row}`, sentences[part]]),
  )
}

/** Where the part of a deviation that a refusal names (`deviations.0.text`) was typed; what is none stays what it is. */
export function deviationField(fields: Fields, place: string): string {
  const [, index, part] = /^deviations\.(\d+)\.(\w+)$/.exec(place) ?? []
  const found = deviationsIn(fields)[Number(index)]
  return found ? `${part}-${found.row}` : place
}

/** Annex 3 as a form; open when anything stands in it. */
export function DeviationRows({ c, typed, wrong }: { c: Context<PageEnv>; typed: Record<string, string>; wrong: Map<string, string> }) {
  const { form } = c.var.t.supplierAgreements
  const error = (field: string) => wrong.get(field) ?? false
  return (
    <details class="more" open={deviationsIn(typed).length > 0}>
      <summary>{form.deviationsTitle}</summary>
      <div class="more__body">
        <P>{form.deviations}</P>
        {Array.from({ length: rowsIn(typed) }, (_, row) => (
          <Group legend={form.deviation(String(row + 1))}>
            <Field
              name={`article-${row}`}
              label={form.article}
              error={error(`article-${row}`)}
              input={{ value: typed[`article-${row}`], maxlength: 20, autocomplete: 'off' }}
            />
            <TextArea name={`text-${row}`} label={form.text} error={error(`text-${row}`)} value={typed[`text-${row}`]} />
            <TextArea
              name={`motivation-${row}`}
              label={form.motivation}
              error={error(`motivation-${row}`)}
              value={typed[`motivation-${row}`]}
            />
          </Group>
        ))}
      </div>
    </details>
  )
}
