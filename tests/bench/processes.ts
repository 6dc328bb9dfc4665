import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout } from 'node:timers/promises'

/** Starts a child with this Node and waits until `healthUrl` answers. Its output goes to ours. */
export async function startChild(args: string[], healthUrl: string, env: Record<string, string> = {}): Promise<ChildProcess> {
  const child = spawn(process.execPath, args, { env: { ...process.env, ...env }, stdio: ['ignore', 'inherit', 'inherit'] })
  for (let tries = 0; tries < 200; tries++) {
    if (child.exitCode !== null) throw new Error(`${args[0]} ended with ${child.exitCode} before it was ready`)
    if (
      await fetch(healthUrl).then(
        (answer) => answer.ok,
        () => false,
      )
    )
      return child
    await setTimeout(100)
  }
  child.kill('SIGKILL')
  throw new Error(`${args[0]} was not ready in time`)
}

export async function stopChild(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return
  child.kill('SIGTERM')
  await once(child, 'exit')
}
