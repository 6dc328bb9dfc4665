import type { Context } from 'hono'
import { groupsOfUnknownAuthority, unanswerable } from '../../people/unknown-authority.ts'
import { newestUploads } from '../../rosters/upload.ts'
import { Link } from '../blocks.tsx'
import type { PageEnv } from '../page.tsx'
import { atDesk } from './desk.ts'
import { proposalsToSettle } from './proposals-seen.ts'
import { type RegisterDesk, registerDesksOf } from './register-desk.ts'

/** What waits for whoever keeps the register, on top of the school's first page: nothing is there when nothing waits. */
export async function waitingOf(c: Context<PageEnv>): Promise<{ href: string; text: string }[]> {
  const words = c.var.t.authority
  const counted = await Promise.all(
    registerDesksOf(c)
      .filter(({ keeps }) => keeps)
      .map((desk) => countAt(c, desk)),
  )
  const sum = (name: 'rosters' | 'unknown' | 'nobody') => counted.reduce((all, one) => all + one[name], 0)
  return [
    { href: '/school/roster', count: sum('rosters'), text: words.waitsRosters },
    { href: '/school/authority', count: sum('unknown'), text: words.waitsAuthority },
    { href: '/school/authority', count: sum('nobody'), text: words.waitsNobody },
    { href: '/school/services', count: await proposalsToSettle(c), text: c.var.t.teaching.services.waits },
  ].flatMap(({ href, count, text }) => (count === 0 ? [] : [{ href, text: text(String(count)) }]))
}

async function countAt(c: Context<PageEnv>, desk: RegisterDesk): Promise<{ rosters: number; unknown: number; nobody: number }> {
  const { boardId } = desk.around.actor
  const at = c.var.deps.now()
  return await atDesk(c, desk, async (tx) => {
    const uploads = desk.administers ? await newestUploads(tx, boardId, 20) : []
    return {
      rosters: uploads.filter(({ is }) => is.state === 'waiting' || is.state === 'mapping').length,
      unknown: (await groupsOfUnknownAuthority(tx, boardId, at, desk.reach)).reduce((all, { guardians }) => all + guardians, 0),
      nobody: (await unanswerable(tx, boardId, at, desk.reach, 1)).count,
    }
  })
}

export function Waiting({ c, waiting }: { c: Context<PageEnv>; waiting: { href: string; text: string }[] }) {
  if (waiting.length === 0) return null
  return (
    <section>
      <h2 class="utrecht-heading-2 utrecht-heading-2--distanced">{c.var.t.authority.waits}</h2>
      <ul class="utrecht-unordered-list">
        {waiting.map(({ href, text }) => (
          <li class="utrecht-unordered-list__item">
            <Link href={href}>{text}</Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
