import { rm } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { CannotBegin, openDemoDatabase, startAnew } from './demo-database.ts'
import { freePorts, type ServingDemo, serveDemo } from './serve-demo.ts'
import { tellTheStory } from './story.ts'

/**
 * `npm run demo`: makes the demo world in a database of its own, tells the story, and ends with 0 when all went as told.
 * The world of `npm start` is another and stays as it is; `-- --fresh` throws away both. With DATABASE_URL it wants an empty
 * database each time.
 */
const folder = resolve(process.env.DATA_FOLDER || '.data')
const started = performance.now()
let demo: ServingDemo | undefined
try {
  if (process.argv.includes('--fresh')) await startAnew(folder)
  const port = process.env.PORT ? Number(process.env.PORT) : await freePorts(8080)
  const own = join(folder, 'story')
  await rm(own, { recursive: true, force: true })
  console.log('Making the demo world: a board with three schools, families, staff, suppliers, two data holders, agreements, a round.')
  const database = await openDemoDatabase({ folder, name: 'story', anew: !process.env.DATABASE_URL })
  demo = await serveDemo({ database, folder: own, port })
  console.log(`The broker is ${demo.issuer}; everything below goes over HTTP. The holders of the demo look at the status list every second;
the published bound is sixty.`)
  await tellTheStory(demo)
  console.log(`\nAll went as told, in ${((performance.now() - started) / 1000).toFixed(1)} s.`)
} catch (error) {
  console.error(`\n${error instanceof CannotBegin ? error.message : ((error as Error).stack ?? String(error))}`)
  process.exitCode = 1
} finally {
  await demo?.stop()
}
