import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { vi } from 'vitest'
import { freePorts, type ServingDemo, serveDemo } from '../../src/demo/serve-demo.ts'
import { tellTheStory } from '../../src/demo/story.ts'
import { freshBroker, type TestBroker } from './broker.ts'

export interface ToldDemo extends ServingDemo {
  owner: TestBroker['owner']
  told: string[]
  close: () => Promise<void>
}

/** The demo on ports of its own, its story told to the end: a world in which everything has happened once. */
export async function toldDemo(from: number): Promise<ToldDemo> {
  const told: string[] = []
  const log = vi.spyOn(console, 'log').mockImplementation((line: string) => void told.push(line))
  const broker = await freshBroker()
  const folder = await mkdtemp(join(tmpdir(), 'demo-story-'))
  const end = async (demo?: ServingDemo) => {
    await demo?.stop()
    await broker.close()
    await rm(folder, { recursive: true })
  }
  let demo: ServingDemo | undefined
  try {
    const database = { url: broker.url, ownerUrl: broker.ownerUrl, stop: async () => {} }
    demo = await serveDemo({ database, folder, port: await freePorts(from) })
    await tellTheStory(demo)
    return { ...demo, owner: broker.owner, told, close: () => end(demo) }
  } catch (error) {
    await end(demo)
    throw error
  } finally {
    log.mockRestore()
  }
}
