import type { Context } from 'hono'
import type { MemberRole } from '../../members/member.ts'
import type { PageEnv } from '../page.tsx'
import type { SupplierDesk } from './desk.ts'

interface Section {
  at: string
  text: string
  roles?: MemberRole[]
}

/** The supplier's own pages, on top of each of them: those that somebody's roles open. */
export function SupplierNav({ c, desk }: { c: Context<PageEnv>; desk: SupplierDesk }) {
  const words = c.var.t.supplier.nav
  const sections: Section[] = [
    { at: '', text: words.home },
    { at: '/services', text: words.services },
    { at: '/agreements', text: words.agreements, roles: ['contracts', 'administrator'] },
    { at: '/asking', text: words.asking, roles: ['contracts'] },
    { at: '/subjects', text: c.var.t.hosted.nav, roles: ['contracts', 'case_worker'] },
    { at: '/duties', text: words.duties },
    { at: '/clients', text: c.var.t.machine.nav.clients, roles: ['engineer'] },
    { at: '/sandbox', text: c.var.t.sandbox.nav, roles: ['engineer'] },
    { at: '/events', text: c.var.t.machine.nav.events, roles: ['engineer'] },
    ...(desk.isHolder ? [{ at: '/holder', text: c.var.t.holder.nav, roles: ['engineer', 'contracts'] as MemberRole[] }] : []),
    { at: '/people', text: words.people },
  ]
  return (
    <nav class="header__nav" aria-label={desk.supplierName}>
      <ul>
        {sections
          .filter(({ roles }) => !roles || desk.may(...roles))
          .map(({ at, text }) => (
            <li>
              <a
                class="utrecht-link utrecht-link--html-a"
                href={desk.path + at}
                aria-current={(at === '' ? c.req.path === desk.path : c.req.path.startsWith(desk.path + at)) ? 'page' : undefined}
              >
                {text}
              </a>
            </li>
          ))}
      </ul>
    </nav>
  )
}
