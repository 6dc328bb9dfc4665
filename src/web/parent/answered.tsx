import { Bar } from '../bar.tsx'
import type { Messages } from '../texts/shape.ts'

/** How many questions of a round have an answer. */
export function Answered({ t, answered, all }: { t: Messages; answered: number; all: number }) {
  const text = t.home.progress(String(answered), String(all))
  return <Bar part={answered} whole={all} text={text} label={text} />
}
