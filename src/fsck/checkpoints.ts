import { readFile, rename, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import type { Checkpoint } from '../ledger/verify.ts'

/** By chain, the last entry that was seen of it. Kept outside the database, by it a tail that was cut off is found (INV-04). */
export type Checkpoints = ReadonlyMap<string, Checkpoint>

const schema = z.record(z.string(), z.strictObject({ seq: z.string().regex(/^[1-9]\d{0,18}$/), hash: z.string().regex(/^[0-9a-f]{64}$/) }))

/**
 * What an earlier check wrote to `path`; nothing where there is no such file yet.
 *
 * @throws Error when it is there and cannot be read: a check that quietly forgot what it saw would find nothing
 */
export async function readCheckpoints(path: string): Promise<Checkpoints> {
  let text: string
  try {
    text = await readFile(path, 'utf8')
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return new Map()
    throw error
  }
  const told = parsed(text)
  if (!told) throw new Error(`${path} does not hold what an earlier check wrote`)
  return new Map(Object.entries(told).map(([chain, { seq, hash }]) => [chain, { seq: BigInt(seq), hash: Buffer.from(hash, 'hex') }]))
}

function parsed(text: string): z.infer<typeof schema> | undefined {
  try {
    return schema.parse(JSON.parse(text))
  } catch {
    return undefined
  }
}

/** Puts these in the place of what `path` held, whole or not at all. */
export async function writeCheckpoints(path: string, heads: Checkpoints): Promise<void> {
  const told = Object.fromEntries(
    Array.from(heads, ([chain, { seq, hash }]) => [chain, { seq: `${seq}`, hash: Buffer.from(hash).toString('hex') }]),
  )
  await writeFile(`${path}.new`, `${JSON.stringify(told, null, 2)}\n`)
  await rename(`${path}.new`, path)
}
