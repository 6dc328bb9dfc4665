import { BlobReader, BlobWriter, ZipWriter } from '@zip.js/zip.js'
import { sha256 } from '../../src/canonical.ts'
import type { RosterFiles } from '../../src/people/oneroster/bundle.ts'
import { HEADERS, USERS_HEADERS } from '../../src/people/oneroster/headers.ts'

type Cells = Record<string, string>

/** The rows of a bundle by file, each only with the cells that matter. */
export interface Rows {
  version?: '1.1' | '1.2' | '1.2.1'
  manifest?: Cells
  orgs: Cells[]
  users: Cells[]
  roles?: Cells[]
  classes?: Cells[]
  enrollments?: Cells[]
  demographics?: Cells[]
  academicSessions?: Cells[]
  courses?: Cells[]
}

const HEADER_OF: Record<string, readonly string[]> = Object.fromEntries(
  Object.entries(HEADERS).map(([name, columns]) => [name.replace('.csv', ''), columns]),
)

/** A bundle as another system would write it: every column of its version, quoted where it has to be. */
export function bundleOf({ version = '1.2.1', manifest = {}, ...tables }: Rows): RosterFiles {
  const files: RosterFiles = new Map()
  const present = Object.entries(tables).filter(([, rows]) => rows !== undefined)
  for (const [name, rows] of present) {
    const header = name === 'users' ? USERS_HEADERS[version] : HEADER_OF[name]!
    files.set(`${name}.csv`, csv(header, rows as Cells[]))
  }
  const properties: Cells = {
    'manifest.version': '1.0',
    'oneroster.version': version,
    ...Object.fromEntries(present.map(([name]) => [`file.${name}`, 'bulk'])),
    ...manifest,
  }
  files.set(
    'manifest.csv',
    csv(
      ['propertyName', 'value'],
      Object.entries(properties).map(([propertyName, value]) => ({ propertyName, value })),
    ),
  )
  return files
}

export function csv(header: readonly string[], rows: Cells[]): Uint8Array {
  const cell = (value = '') => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  const lines = [header.join(','), ...rows.map((row) => header.map((column) => cell(row[column])).join(','))]
  return Buffer.from(`${lines.join('\r\n')}\r\n`)
}

/** The same files in a zip. */
export async function zipOf(files: Iterable<readonly [string, Uint8Array]>, password?: string): Promise<Uint8Array> {
  const writer = new ZipWriter(new BlobWriter(), { password, level: 6 })
  for (const [name, bytes] of files) await writer.add(name, new BlobReader(new Blob([Buffer.from(bytes)])))
  return new Uint8Array(await (await writer.close()).arrayBuffer())
}

export const eckIdOf = (name: string) => `https://ketenid.nl/pilot/${sha256(name).toString('hex').repeat(2)}`

/** De Regenboog as its administration system sends it: Fatima with Nadia and Karim, Ali with his mother, and Pim who teaches them. */
export function regenboog(): Required<Pick<Rows, 'orgs' | 'users' | 'roles' | 'classes' | 'enrollments' | 'demographics'>> {
  const user = (sourcedId: string, givenName: string, familyName: string, more: Cells = {}) => ({
    sourcedId,
    enabledUser: 'true',
    username: sourcedId,
    givenName,
    familyName,
    password: 'geheim',
    ...more,
  })
  const role = (userSourcedId: string, name: string, orgSourcedId = 'org-1') => ({
    sourcedId: `role-${userSourcedId}-${name}`,
    userSourcedId,
    roleType: 'primary',
    role: name,
    orgSourcedId,
  })
  return {
    orgs: [
      { sourcedId: 'board-1', name: 'De Waterlelie', type: 'district' },
      { sourcedId: 'org-1', name: 'De Regenboog', type: 'school', identifier: '99ZA', parentSourcedId: 'board-1' },
    ],
    users: [
      user('u-fatima', 'Fatima', 'Amrani', { userIds: `{eckid:${eckIdOf('fatima')}}`, agentSourcedIds: 'u-nadia,u-karim' }),
      user('u-nadia', 'Nadia', 'Amrani', { email: 'Nadia@Gezin.example', phone: '0612345678' }),
      user('u-karim', 'Karim', 'Amrani', { email: 'karim@gezin.example' }),
      user('u-ali', 'Ali', 'Yildiz', { userIds: `{eckid:${eckIdOf('ali')}}` }),
      user('u-elif', 'Elif', 'Yildiz', { email: 'elif@gezin.example', agentSourcedIds: 'u-ali' }),
      user('u-pim', 'Willem', 'de Wit', { email: 'pim@waterlelie.example', preferredGivenName: 'Pim' }),
    ],
    roles: [
      role('u-fatima', 'student'),
      role('u-nadia', 'parent'),
      role('u-karim', 'parent'),
      role('u-ali', 'student'),
      role('u-elif', 'guardian'),
      role('u-pim', 'teacher'),
    ],
    classes: [
      { sourcedId: 'class-6', title: 'Groep 6', classType: 'homeroom', schoolSourcedId: 'org-1' },
      { sourcedId: 'class-r', title: 'Rekenen', classType: 'scheduled', schoolSourcedId: 'org-1' },
    ],
    enrollments: [
      { sourcedId: 'e-1', classSourcedId: 'class-6', schoolSourcedId: 'org-1', userSourcedId: 'u-fatima', role: 'student', primary: '' },
      { sourcedId: 'e-2', classSourcedId: 'class-r', schoolSourcedId: 'org-1', userSourcedId: 'u-fatima', role: 'student', primary: '' },
      { sourcedId: 'e-3', classSourcedId: 'class-6', schoolSourcedId: 'org-1', userSourcedId: 'u-pim', role: 'teacher', primary: 'true' },
    ],
    demographics: [
      { sourcedId: 'u-fatima', birthDate: '2017-03-14', sex: 'female', white: 'false' },
      { sourcedId: 'u-ali', birthDate: '2014-05-02', countryOfBirthCode: 'NL' },
    ],
  }
}
