import type { Context } from 'hono'
import type { ItemFigures } from '../consents/figures.ts'
import type { Split } from '../consents/small-groups.ts'
import type { PageEnv } from './page.tsx'
import { Row, Table } from './table.tsx'
import { numberIn } from './texts/numbers.ts'

type Counts = Pick<ItemFigures, 'asked' | 'answered' | 'split'>

/** How one question was answered: by everybody, and at some schools. What would tell of a few is left out already. */
export function FiguresTable({
  c,
  label,
  of,
  schools,
}: {
  c: Context<PageEnv>
  label: string
  of: Counts
  schools: ItemFigures['schools']
}) {
  const words = c.var.t.rounds.figures
  return (
    <Table label={label} head={[words.who, words.answered, words.yes, words.no]}>
      <Figures c={c} name={words.board} of={of} />
      {schools.map((school) => (
        <Figures c={c} name={school.school} of={school} />
      ))}
    </Table>
  )
}

function Figures({ c, name, of }: { c: Context<PageEnv>; name: string; of: Counts }) {
  const { t, language } = c.var
  const words = t.rounds.figures
  const number = numberIn(language)
  const share = (part: number, whole: number) =>
    whole === 0 ? '' : ` (${new Intl.NumberFormat(language, { style: 'percent' }).format(part / whole)})`
  const cell = (split: Split, side: 'yes' | 'no') =>
    split ? `${number(split[side])}${share(split[side], split.yes + split.no)}` : words.few
  return (
    <Row
      named
      cells={[
        name,
        `${t.rounds.progress.of(number(of.answered), number(of.asked))}${share(of.answered, of.asked)}`,
        cell(of.split, 'yes'),
        cell(of.split, 'no'),
      ]}
    />
  )
}
