import type { Deps } from '../deps.ts'
import { KEY_KINDS, type KeyKind, rotateKeyOf } from './keys.ts'

const DAY_MS = 86_400_000

/** Follows every signing key that has signed for `days` by the next. Any number of processes may do so at the same time. */
export async function rotateOldKeys(deps: Deps, days: number): Promise<KeyKind[]> {
  const since = new Date(deps.now().getTime() - days * DAY_MS)
  const rotated: KeyKind[] = []
  for (const kind of KEY_KINDS) if (await rotateKeyOf(deps, kind, since)) rotated.push(kind)
  return rotated
}
