import { defineConfig } from 'vitest/config'

export default defineConfig({
  test: {
    include: ['tests/**/*.test.ts', 'tests/**/*.test.tsx'],
    globalSetup: ['tests/support/start-postgres.ts', 'tests/support/unpack-chromium.ts'],
    setupFiles: ['tests/support/after-every-story.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    expect: { poll: { timeout: 20_000 } },
    maxWorkers: 2,
    // Once more where the browser itself did not answer; the report says so. An expectation that failed is never tried again.
    retry: { count: 1, condition: /Protocol error|Target .* closed|Timeout \d+ms exceeded|browserType\.launch/ },
  },
})
