import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import chromium, { inflate } from '@sparticuz/chromium'
import type { TestProject } from 'vitest/node'

declare module 'vitest' {
  interface ProvidedContext {
    chromium: { path: string; libraries: string; fonts: string }
  }
}

/** Chromium from npm, unpacked once before any test file runs: two that unpack at once spoil it for each other. */
export default async function unpack(project: TestProject) {
  const bin = join(dirname(createRequire(import.meta.url).resolve('@sparticuz/chromium')), '../bin')
  const path = await chromium.executablePath()
  await inflate(join(bin, 'al2023.tar.br'))
  project.provide('chromium', { path, libraries: join(tmpdir(), 'al2023/lib'), fonts: join(tmpdir(), 'fonts') })
}
