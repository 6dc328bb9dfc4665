import { readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { readFolderOrZip } from '../../src/people/oneroster/read-folder.ts'
import { importFiles } from '../../src/people/take-in-roster.ts'
import { seconds, withBoard } from './bulk.ts'
import type { Row } from './report.ts'
import { writeRosterBundle } from './roster-bundle.ts'

const USERS = 100_000
const CHANGED = 1000

/** (m) A delta of 1,000 people of a roster of 100,000, beside a bare UPDATE of their rows. */
export async function benchRosterDelta(): Promise<Row[]> {
  return await withBoard(async ({ deps, boardId, folder, owner }) => {
    const people = await writeRosterBundle(folder, USERS)
    await importFiles(deps, { boardId, by: 'operator' }, await readFolderOrZip(folder))
    await owner`analyze`
    await deltaIn(folder)
    const ours = await seconds(async () => importFiles(deps, { boardId, by: 'operator' }, await readFolderOrZip(folder)))
    const changed = people.slice(0, CHANGED).map(({ sourcedId, givenName }) => ({ id: sourcedId, name: `${givenName} Anders` }))
    const peer = await seconds(
      () => owner`
        update persons p set given_name = r.name from jsonb_to_recordset(${owner.json(changed)}) as r (id text, name text)
        where p.board_id = ${boardId} and p.source_id = r.id`,
    )
    return [
      {
        what: `(m) OneRoster delta of ${CHANGED} users, of ${USERS}: held against the whole roster`,
        ours: `${ours.toFixed(2)} s`,
        peer: `${peer.toFixed(3)} s bare UPDATE of the same rows`,
        ratio: ours / peer,
        aim: 'to know',
      },
    ]
  })
}

/** Leaves of the bundle in the folder only some of its users, with another name. */
async function deltaIn(folder: string): Promise<void> {
  const lines = (await readFile(join(folder, 'users.csv'), 'utf8')).split('\r\n')
  const changed = lines.slice(1, CHANGED + 1).map((line) => {
    const [id, , , ...rest] = line.split(',')
    return [id, 'active', '2026-09-02T08:00:00Z', ...rest].join(',').replace(/,(Naam\d+),/, ',$1 Nieuw,')
  })
  for (const file of ['academicSessions', 'classes', 'courses', 'demographics', 'enrollments', 'orgs', 'roles'])
    await rm(join(folder, `${file}.csv`))
  await writeFile(join(folder, 'users.csv'), `${[lines[0], ...changed].join('\r\n')}\r\n`)
  await writeFile(
    join(folder, 'manifest.csv'),
    'propertyName,value\r\nmanifest.version,1.0\r\noneroster.version,1.2.1\r\nfile.users,delta\r\n',
  )
}
