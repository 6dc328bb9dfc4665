import { link, readFile, rm, writeFile } from 'node:fs/promises'
import { newSecret } from './ids.ts'

/** The secret in this file, made by whoever comes first. It is there whole or not at all: processes that start at once read the same. */
export async function keptSecret(file: string): Promise<string> {
  const kept = await readFile(file, 'utf8').catch(() => '')
  if (kept) return kept
  const mine = `${file}.${process.pid}`
  await writeFile(mine, newSecret(), { mode: 0o600 })
  await link(mine, file).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== 'EEXIST') throw error
  })
  await rm(mine)
  return await readFile(file, 'utf8')
}
