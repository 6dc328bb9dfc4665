import type { Context } from 'hono'
import { COOL_DOWN_DAYS, MOST_WAITING } from '../../../requests/rationing.ts'
import type { PageEnv } from '../../page.tsx'

/** How often one may ask, told before it is in the way (D01, design §6). */
export function Rationing({ c, waiting, open = false }: { c: Context<PageEnv>; waiting?: number; open?: boolean }) {
  const words = c.var.t.asking.rationing
  return (
    <details class="more" open={open}>
      <summary>{words.title}</summary>
      <div class="more__body">
        <ul class="utrecht-unordered-list">
          <li class="utrecht-unordered-list__item">{words.once}</li>
          <li class="utrecht-unordered-list__item">{words.rest(String(COOL_DOWN_DAYS))}</li>
          <li class="utrecht-unordered-list__item">{words.most(String(MOST_WAITING))}</li>
          <li class="utrecht-unordered-list__item">{words.notices}</li>
          <li class="utrecht-unordered-list__item">{words.neverWho}</li>
        </ul>
        {waiting !== undefined && <p class="utrecht-paragraph">{words.waiting(String(waiting))}</p>}
      </div>
    </details>
  )
}
