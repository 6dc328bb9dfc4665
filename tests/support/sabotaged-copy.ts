import { randomBytes } from 'node:crypto'
import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'

/**
 * A copy of the code with one thing taken out of one file, for what runs in a process or in modules of its own. Gone when
 * the test is over.
 *
 * @param of `src`, or a folder of what was built from it
 * @returns the folder of the copy
 */
export async function sabotagedCopy(file: string, without: RegExp, become = '', of = 'src'): Promise<string> {
  const folder = `dist-${randomBytes(4).toString('hex')}`
  onTestFinished(() => rm(folder, { recursive: true, force: true }))
  await cp(of, folder, { recursive: true })
  const whole = await readFile(join(folder, file), 'utf8')
  const sabotaged = whole.replace(without, become)
  if (sabotaged === whole) throw new Error(`there is no ${without} in ${file}`)
  await writeFile(join(folder, file), sabotaged)
  return join(process.cwd(), folder)
}
