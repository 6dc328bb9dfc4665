import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test, vi } from 'vitest'
import { freePorts, serveDemo } from '../../src/demo/serve-demo.ts'
import { tellTheStory } from '../../src/demo/story.ts'
import { freshBroker } from '../support/broker.ts'

test('npm run demo: both examples by both approaches go as told, over HTTP', { timeout: 180_000 }, async () => {
  const told: string[] = []
  vi.spyOn(console, 'log').mockImplementation((line: string) => void told.push(line))
  const broker = await freshBroker()
  const folder = await mkdtemp(join(tmpdir(), 'demo-story-'))
  const database = { url: broker.url, ownerUrl: broker.ownerUrl, stop: async () => {} }
  const demo = await serveDemo({ database, folder, port: await freePorts(18_080) })
  try {
    await tellTheStory(demo)
  } finally {
    await demo.stop()
    await broker.close()
    await rm(folder, { recursive: true })
    vi.restoreAllMocks()
  }
  const story = told.join('\n')
  for (const chapter of [
    'Fatima and Reken Plus, by way',
    'Fatima and Reken Plus, directly',
    'Sara and De school werkt, by way',
    'Zorgpunt',
  ]) {
    expect(story).toContain(chapter)
  }
  expect(story.match(/ms after the stop/g)).toHaveLength(5)
})
