import type { Context } from 'hono'
import { newFormToken } from '../../accounts/forms.ts'
import type { RosterSummary } from '../../people/import-roster.ts'
import type { RosterError } from '../../people/oneroster/bundle.ts'
import { P } from '../blocks.tsx'
import { Button, Field, Tick } from '../fields.tsx'
import type { PageEnv } from '../page.tsx'
import { Fact } from '../parent/question.tsx'
import type { RegisterDesk } from './register-desk.ts'

/** More than this nobody reads: who mends these finds the others with the next try. */
const MOST_ERRORS = 1000

interface RosterFormProps {
  c: Context<PageEnv>
  desk: RegisterDesk
  id: string
  sentence: string | undefined
  /** The last try would have ended much: now it can be said that this is meant. */
  endsMuch: boolean
}

export function RosterForm({ c, desk, id, sentence, endsMuch }: RosterFormProps) {
  const words = c.var.t.people.roster
  return (
    <form method="post" action="/school/roster" enctype="multipart/form-data" novalidate>
      <input type="hidden" name="form" value={newFormToken()} />
      <input type="hidden" name="board" value={desk.around.actor.boardId} />
      <Field
        name="roster"
        id={id}
        label={words.file(desk.around.boardName)}
        hint={words.fileHint}
        error={sentence ?? false}
        input={{ type: 'file', accept: '.zip,application/zip' }}
      />
      {endsMuch && <Tick name="ends" value="much" id={`${id}-ends`} text={words.endsMeant} />}
      <Button>{words.take}</Button>
    </form>
  )
}

/** What changed. */
export function Taken({ c, summary }: { c: Context<PageEnv>; summary: RosterSummary }) {
  const words = c.var.t.people.roster
  const { importId: _, ...counts } = summary
  return (
    <dl class="facts">
      {(Object.keys(words.counts) as (keyof typeof counts)[]).map((name) => (
        <Fact name={words.counts[name]}>{String(counts[name])}</Fact>
      ))}
    </dl>
  )
}

/** Everything that is wrong, by file, line and column. The sentences are the reader's own, in English, as the standard is. */
export function RosterErrors({ c, errors }: { c: Context<PageEnv>; errors: RosterError[] }) {
  const words = c.var.t.people.roster
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{words.errors}</h2>
      {errors.length > MOST_ERRORS && <P>{words.errorsMost(String(MOST_ERRORS))}</P>}
      <table class="utrecht-table utrecht-table--html-table">
        <thead class="utrecht-table__header">
          <tr class="utrecht-table__row">
            {[words.errorFile, words.errorLine, words.errorColumn, words.errorWhat].map((head) => (
              <th class="utrecht-table__header-cell" scope="col">
                {head}
              </th>
            ))}
          </tr>
        </thead>
        <tbody class="utrecht-table__body">
          {errors.slice(0, MOST_ERRORS).map(({ file, line, column, message }) => (
            <tr class="utrecht-table__row">
              <td class="utrecht-table__cell">{file}</td>
              <td class="utrecht-table__cell">{line > 0 ? String(line) : ''}</td>
              <td class="utrecht-table__cell">{column ?? ''}</td>
              <td class="utrecht-table__cell" lang="en">
                {message}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
