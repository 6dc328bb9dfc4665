import type { RosterFiles } from '../../src/people/oneroster/bundle.ts'
import { bundleOf, type Rows } from './oneroster.ts'

const FILES = ['orgs', 'users', 'roles', 'classes', 'enrollments', 'demographics'] as const
type WholeRows = Required<Pick<Rows, (typeof FILES)[number]>>

/** What a sender tells when its list was `before` and is `after`: the rows that are new or differ, and those that are gone. */
export function deltaOf(before: WholeRows, after: WholeRows, dateLastModified = '2026-11-16T09:00:00Z'): RosterFiles {
  const changed = FILES.map((file) => {
    const known = new Map(before[file].map((row) => [row.sourcedId, row]))
    const now = new Set(after[file].map(({ sourcedId }) => sourcedId))
    const active = after[file].filter((row) => JSON.stringify(row) !== JSON.stringify(known.get(row.sourcedId)))
    const gone = before[file].filter(({ sourcedId }) => !now.has(sourcedId))
    return [
      file,
      [
        ...active.map((row) => ({ ...row, status: 'active', dateLastModified })),
        ...gone.map((row) => ({ ...row, status: 'tobedeleted', dateLastModified })),
      ],
    ] as const
  }).filter(([, rows]) => rows.length > 0)
  const manifest = Object.fromEntries(changed.map(([file]) => [`file.${file}`, 'delta']))
  return bundleOf({ ...Object.fromEntries(changed), manifest } as unknown as Rows)
}
