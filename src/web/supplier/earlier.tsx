import type { Context } from 'hono'
import { z } from 'zod'
import { cursorOf, type PlaceInTime, writeCursor } from '../../cursor.ts'
import { instant } from '../../moments.ts'
import { Link } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'

/** So many of what is past to a page. */
export const PAST = 50

const place = cursorOf(instant, z.uuid()).transform(([at, id]): PlaceInTime => ({ at: new Date(at), id }))

/** From where back a list of this page is shown; what is no place in it is its newest. */
export const placeOf = (c: Context<PageEnv>, list: string): PlaceInTime | undefined =>
  place.optional().catch(undefined).parse(c.req.query(list))

/** Leads on to what was before, and back to the newest, of the list with this id. */
export function Earlier({ c, path, list, next }: { c: Context<PageEnv>; path: string; list: string; next: PlaceInTime | undefined }) {
  const { earlier, newest } = c.var.t.supplier
  const isLater = placeOf(c, list) !== undefined
  if (!next && !isLater) return null
  return (
    <p class="links">
      {next && <Link href={`${path}?${list}=${writeCursor(next.at.toISOString(), next.id)}#${list}`}>{earlier}</Link>}
      {isLater && <Link href={`${path}#${list}`}>{newest}</Link>}
    </p>
  )
}
