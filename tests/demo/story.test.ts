import { expect, test } from 'vitest'
import { toldDemo } from '../support/told-demo.ts'

test('npm run demo: both examples by both approaches go as told, over HTTP', { timeout: 180_000 }, async () => {
  const demo = await toldDemo(18_080)
  await demo.close()
  const story = demo.told.join('\n')
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
