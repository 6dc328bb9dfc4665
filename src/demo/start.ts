import { join, resolve } from 'node:path'
import { stopOnSignal } from '../serve.ts'
import { MEMBERS } from './cast.ts'
import { CannotBegin, openDemoDatabase, startAnew } from './demo-database.ts'
import { freePorts, type ServingDemo, serveDemo } from './serve-demo.ts'
import { serveUnderWorkerd } from './serve-under-workerd.ts'
import { writeWorldFile } from './world-file.ts'

/**
 * `npm start`: the broker with the demo world, until it is stopped. `-- --fresh` starts anew. `npm run dev:worker` serves the same world
 * by `wrangler dev`, the way it runs on Cloudflare Workers.
 */
const folder = resolve(process.env.DATA_FOLDER || '.data')
let demo: ServingDemo | undefined
try {
  if (process.argv.includes('--fresh')) await startAnew(folder)
  const wanted = Number(process.env.PORT || 8080)
  if ((await freePorts(wanted)) !== wanted) {
    throw new CannotBegin(`Ports ${wanted} to ${wanted + 2} are not all free. Set PORT to the first of three free ports in a row.`)
  }
  const database = await openDemoDatabase({ folder, name: 'broker', anew: false })
  const underWorkerd = process.argv.includes('--worker')
  demo = await serveDemo({ database, folder, port: wanted, ...(underWorkerd && { serve: serveUnderWorkerd }) })
  const { issuer, world, deps, stop } = demo
  const file = join(folder, 'demo-world.json')
  const { persons, holders } = await writeWorldFile(deps, world, file)
  const who = (role: string, count: number) => persons.filter((person) => person.role === role && person.email).slice(0, count)
  const line = (email: string, name: string, tasks: string[]) =>
    `  ${email.padEnd(38)} ${name}${tasks.length > 0 ? ` (${tasks.join(', ')})` : ''}`
  console.log(`
The broker with the demo world:  ${issuer}
${holders.map(({ name, url }) => `${`Data holder ${name}:`.padEnd(33)}${url}`).join('\n')}
Everybody's mail:                ${underWorkerd ? `below, and in ${join(folder, 'mail')}` : `${issuer}/mailbox`}
For scripts:                     ${file}

Sign in with an e-mail address; the code is in the mail. For instance:
${[...who('guardian', 2), ...who('employee', 4)].map(({ name, email, mandates }) => line(email!, name, mandates)).join('\n')}
${MEMBERS.map(({ name, email, roles }) => line(email, name, roles)).join('\n')}

Ctrl-C stops it. What happens is kept in ${folder}.
`)
  stopOnSignal(stop)
} catch (error) {
  console.error(error instanceof CannotBegin ? error.message : error)
  process.exitCode = 1
  await demo?.stop()
}
