import type { Context } from 'hono'
import { type CsvField, type CsvMapping, FIELDS, type GuardianField, MOST_GUARDIANS, OF_GUARDIAN } from '../../people/csv-roster/fields.ts'
import type { ColumnsToMap } from '../../rosters/mappings.ts'
import { Choices } from '../fields.tsx'
import type { PageEnv } from '../page.tsx'
import { Row, Table } from '../table.tsx'

/** The first rows of the file, as they stand in it. */
export function Sample({ c, toMap: { header, rows } }: { c: Context<PageEnv>; toMap: ColumnsToMap }) {
  const words = c.var.t.roster.columns
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced" id="sample">
        {words.sample}
      </h2>
      <Table label={words.sample} head={header}>
        {rows.map((cells) => (
          <Row cells={cells} />
        ))}
      </Table>
    </section>
  )
}

/** In the place of a BRIN: which school it is has to be said. */
export const CHOOSE = 'choose'

interface ColumnChoicesProps {
  c: Context<PageEnv>
  header: string[]
  chosen: CsvMapping
  schools: { brin: string; name: string }[]
  lacking: CsvField[]
  noSchool: boolean
}

/** One choice per thing that a file can say: which column, or none. */
export function ColumnChoices({ c, header, chosen, schools, lacking, noSchool }: ColumnChoicesProps) {
  const words = c.var.t.roster.columns
  const options = [{ value: '', text: words.none }, ...header.map((name, index) => ({ value: String(index), text: name }))]
  const choice = (field: CsvField) => {
    const name = chosen.columns[field]
    const index = name === undefined ? -1 : header.indexOf(name)
    return (
      <Choices
        name={inputOf(field)}
        label={nameOfField(c, field)}
        error={lacking.includes(field) && words.lacks(nameOfField(c, field))}
        options={options}
        chosen={index < 0 ? '' : String(index)}
      />
    )
  }
  const guardian = (nr: number) => (
    <fieldset class="plain-fieldset">
      <legend class="utrecht-heading-3">{words.guardian(String(nr))}</legend>
      {OF_GUARDIAN.map((field) => choice(`g${nr}.${field}`))}
    </fieldset>
  )
  const others = Array.from({ length: MOST_GUARDIANS - 2 }, (_, nr) => nr + 3)
  return (
    <>
      <Choices
        name="brin"
        label={words.school}
        error={noSchool && words.chooseSchool}
        options={[
          ...(chosen.brin === CHOOSE ? [{ value: CHOOSE, text: words.choose }] : []),
          ...schools.map(({ brin, name }) => ({ value: brin, text: name })),
          { value: '', text: words.schoolInColumn },
        ]}
        chosen={chosen.brin ?? ''}
      />
      <fieldset class="plain-fieldset">
        <legend class="utrecht-heading-2">{words.person[chosen.about]}</legend>
        {FIELDS[chosen.about].filter((field) => !field.includes('.')).map(choice)}
      </fieldset>
      {chosen.about === 'pupils' && [1, 2].map(guardian)}
      {chosen.about === 'pupils' && (
        <details class="more" open={others.some((nr) => chosen.columns[`g${nr}.family`])}>
          <summary>{words.moreGuardians}</summary>
          <div class="more__body">{others.map(guardian)}</div>
        </details>
      )}
    </>
  )
}

/** The name of the choice for a field, which is its id too. */
export const inputOf = (field: CsvField) => `col-${field.replace('.', '-')}`

/** How a field is called on the page. */
export function nameOfField(c: Context<PageEnv>, field: CsvField): string {
  const words = c.var.t.roster.columns
  const [, nr, ofGuardian] = /^g(\d)\.(.+)$/.exec(field) ?? []
  if (nr === undefined || ofGuardian === undefined) return words.fields[field as keyof typeof words.fields]
  return words.ofGuardian[ofGuardian as GuardianField]
}
