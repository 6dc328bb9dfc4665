import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'

/** Starts a child with this Node and waits until a line of its output matches. Its errors go to ours. */
export async function startChild(args: string[], ready: RegExp, env: Record<string, string> = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'pipe', 'inherit'] })
  let seen = ''
  await new Promise<void>((resolve, reject) => {
    child.stdout!.on('data', (chunk: Buffer) => {
      seen += chunk.toString()
      if (ready.test(seen)) resolve()
    })
    child.on('exit', (code) => reject(new Error(`${args[0]} ended with ${code} before it was ready`)))
  })
  child.stdout!.resume()
  return child
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
