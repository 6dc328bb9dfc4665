import type { Context } from 'hono'
import type { RosterError } from '../../people/oneroster/bundle.ts'
import { errorCount } from '../../people/oneroster/table.ts'
import { CHANGES, type Change, type ChangeLine, type RosterPreview } from '../../rosters/preview.ts'
import type { UploadState } from '../../rosters/upload.ts'
import { Fact, Link, P } from '../blocks.tsx'
import { Button, Tick } from '../fields.tsx'
import { OnceForm } from '../once-form.tsx'
import type { PageEnv } from '../page.tsx'
import { Row, Table } from '../table.tsx'
import { dayIn } from '../texts/dates.ts'

/** More than this nobody reads: who mends these finds the others with the next try. */
const MOST_ERRORS = 1000

/** What a list changes: the counts first, the people behind them when asked for. */
export function Preview({ c, preview, taken }: { c: Context<PageEnv>; preview: RosterPreview; taken: boolean }) {
  const words = c.var.t.roster
  const { counts, persons, personsChanged } = preview
  const changing = CHANGES.filter((kind) => counts[kind] > 0)
  return (
    <>
      <section>
        <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{taken ? words.changed : words.willChange}</h2>
        {changing.length === 0 && personsChanged === 0 && <P>{words.same}</P>}
        <dl class="facts">
          <Fact name={words.persons}>{String(persons)}</Fact>
          {personsChanged > 0 && <Fact name={words.personsChanged}>{String(personsChanged)}</Fact>}
        </dl>
        {changing.map((kind) => (
          <Changes c={c} kind={kind} count={counts[kind]} lines={preview.lines[kind] ?? []} />
        ))}
      </section>
      <Stops c={c} preview={preview} taken={taken} />
    </>
  )
}

function Changes({ c, kind, count, lines }: { c: Context<PageEnv>; kind: Change; count: number; lines: ChangeLine[] }) {
  const words = c.var.t.roster
  return (
    <details class="more">
      <summary>
        {words.changes[kind]}: {String(count)}
      </summary>
      <div class="more__body">
        {lines.length < count && <P>{words.some(String(lines.length), String(count))}</P>}
        <ul class="utrecht-unordered-list">
          {lines.map((line) => (
            <li class="utrecht-unordered-list__item">
              {line.pupil === undefined ? line.name : words.ofPupil(line.name, line.pupil)}{' '}
              <span class="soft">{moreOf(c, kind, line)}</span>
            </li>
          ))}
        </ul>
      </div>
    </details>
  )
}

function moreOf(c: Context<PageEnv>, kind: Change, { from, to, day }: ChangeLine): string {
  const { t, language } = c.var
  if (day !== undefined) return dayIn(language, new Date(`${day}T12:00:00Z`))
  const said = (word: string) =>
    kind === 'authorityChanged' ? t.roster.authority[word as 'yes' | 'no' | 'unknown'] : word || t.roster.unplaced
  if (from !== undefined && to !== undefined) return t.roster.fromTo(said(from), said(to))
  return from ?? to ?? ''
}

/** What was shared by way of the school and is not any more. Of what was not the school hears nothing. */
function Stops({ c, preview: { stops, counts }, taken }: { c: Context<PageEnv>; preview: RosterPreview; taken: boolean }) {
  const words = c.var.t.roster
  if (stops.uses === 0 && counts.left + counts.guardiansLost + counts.authorityChanged + counts.leftStaff === 0) return null
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{taken ? words.stopped : words.stops}</h2>
      {stops.uses === 0 && <P>{words.stopsNone}</P>}
      {stops.uses > 0 && <P>{words.stopsIntro}</P>}
      <ul class="utrecht-unordered-list">
        {stops.lines.map(({ name, uses }) => (
          <li class="utrecht-unordered-list__item">{words.stopsOf(name, String(uses))}</li>
        ))}
      </ul>
    </section>
  )
}

interface ConfirmingProps {
  c: Context<PageEnv>
  path: string
  is: Extract<UploadState, { state: 'waiting' }>
  withoutWord: boolean
}

/** The button, and before it the word that is asked for where much would end. */
export function Confirming({ c, path, is: { preview, changesHash }, withoutWord }: ConfirmingProps) {
  const words = c.var.t.roster
  const much = preview.schools.filter(({ isMuch }) => isMuch)
  return (
    <OnceForm action={`${path}/confirm`}>
      <input type="hidden" name="shown" value={changesHash.toString('hex')} />
      {preview.endsMuch && (
        <section class="utrecht-alert utrecht-alert--warning utrecht-alert--distanced">
          <div class="utrecht-alert__content">
            <h2 class="utrecht-heading-2">{words.much}</h2>
            <ul class="utrecht-unordered-list">
              {much.map(({ name, gone, of }) => (
                <li class="utrecht-unordered-list__item">{words.muchOf(name, String(gone), String(of))}</li>
              ))}
              {much.length === 0 && <li class="utrecht-unordered-list__item">{words.muchOthers}</li>}
            </ul>
            {withoutWord && (
              <div class="utrecht-form-field-error-message" id="ends-error">
                {words.muchMissing}
              </div>
            )}
            <Tick name="ends" value="much" id="ends" text={words.muchMeant} />
          </div>
        </section>
      )}
      <Button>{words.confirm}</Button>
    </OnceForm>
  )
}

/** Everything that is wrong, by file, line and column. */
export function RosterErrors({ c, errors, path }: { c: Context<PageEnv>; errors: RosterError[]; path: string }) {
  const words = c.var.t.roster
  const all = errorCount(errors)
  const listed = errors.filter(({ unlisted }) => unlisted === undefined).length
  const [mostSaid, allSaid] = [String(MOST_ERRORS), String(all)]
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced" id="errors">
        {words.errors}
      </h2>
      {all > MOST_ERRORS && (
        <P>{listed < all ? words.errorsTooMany(mostSaid, allSaid, String(listed)) : words.errorsMost(mostSaid, allSaid)}</P>
      )}
      <p class="links">
        <Link href={`${path}/errors.csv`}>{words.errorsDownload}</Link>
      </p>
      <Table label={words.errors} head={[words.errorFile, words.errorLine, words.errorColumn, words.errorWhat]}>
        {errors.slice(0, MOST_ERRORS).map(({ file, line, column, message }) => (
          <Row cells={[file, line > 0 ? String(line) : '', column ?? '', words.mistake(message)]} />
        ))}
      </Table>
    </section>
  )
}
