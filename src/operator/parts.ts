import { readFile } from 'node:fs/promises'
import type { JWK } from 'jose'
import type { z } from 'zod'
import type { Db } from '../database.ts'
import type { BoardId } from '../ids.ts'
import { Refusal } from '../refusal.ts'
import { UsageError } from './command.ts'

/**
 * A value of several parts by commas, as in `--school "De Regenboog,99ZA,po"`.
 *
 * @param more parts that may be left off at the end
 * @throws UsageError when there are fewer or more
 */
export function parts(option: string, value: string, names: readonly string[], more: readonly string[] = []): string[] {
  const found = value.split(',').map((part) => part.trim())
  const all = [...names, ...more]
  if (found.length < names.length || found.length > all.length || found.includes(''))
    throw new UsageError(
      `--${option} is written as ${names.join(',')}${more.map((name) => `[,${name}`).join('')}${']'.repeat(more.length)}`,
    )
  return found
}

/** @throws UsageError with a line for each thing that is wrong */
export function checked<Shape extends z.ZodType>(shape: Shape, value: unknown): z.output<Shape> {
  const read = shape.safeParse(value)
  if (!read.success) throw new UsageError(read.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`).join('\n'))
  return read.data
}

/** One of a closed list. @throws UsageError */
export function oneOf<T extends string>(option: string, value: string, allowed: readonly T[]): T {
  if (!allowed.includes(value as T)) throw new UsageError(`--${option} is one of ${allowed.join(', ')}`)
  return value as T
}

/** The JSON in a file. @throws UsageError when there is no such file or it is no JSON */
export async function jsonFile(option: string, path: string): Promise<unknown> {
  const text = await readFile(path, 'utf8').catch(() => {
    throw new UsageError(`--${option}: there is no file ${path}`)
  })
  try {
    return JSON.parse(text)
  } catch {
    throw new UsageError(`--${option}: ${path} is no JSON`)
  }
}

/** Public keys from a file: one JWK, or a set of them. Whether they are sound and public is for `registerClient` to say. */
export async function keysFrom(option: string, path: string): Promise<JWK[]> {
  const read = await jsonFile(option, path)
  if (read === null || typeof read !== 'object') throw new UsageError(`--${option}: ${path} is neither a JWK nor a set of them`)
  return 'keys' in read && Array.isArray(read.keys) ? (read.keys as JWK[]) : [read as JWK]
}

/** The board with this OIN, or with this id. @throws Refusal `board_not_found` */
export async function boardOf(db: Db, oinOrId: string): Promise<BoardId> {
  const isOin = /^\d{20}$/.test(oinOrId)
  const row = await db
    .selectFrom('board_directory')
    .select('board_id')
    .where('scheme', '=', 'OIN') // board_directory_pkey
    .$if(isOin, (query) => query.where('value', '=', oinOrId))
    .$if(!isOin, (query) => query.where((where) => where(where.cast<string>('board_id', 'text'), '=', oinOrId.toLowerCase())))
    .executeTakeFirst()
  if (!row) throw new Refusal('board_not_found')
  return row.board_id
}
