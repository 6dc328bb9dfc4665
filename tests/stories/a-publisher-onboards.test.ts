import { describe, test } from 'vitest'
import { exitCodeOf, summaryOf } from '../../src/holder/conformance/report.ts'
import { CASES, type Result, runConformance } from '../../src/holder/conformance/run.ts'
import { conformanceSettings, type HowTokensCome, publisherByHand, publisherWithKit } from '../support/test-publisher.ts'

const faultsIn = (results: Result[]) => results.filter(({ result }) => result === 'fault').map(({ id, seen }) => `${id}: ${seen}`)

describe.concurrent('A publisher tries its holder with the conformance kit before any pupil’s data go out', () => {
  test('three things it forgot are found, each by name, and nothing else', { timeout: 120_000 }, async ({ expect }) => {
    const { config, own } = await conformanceSettings()
    const stop = await publisherByHand(config, own)
    try {
      const results = await runConformance(config)
      expect(faultsIn(results).map((fault) => fault.split(':')[0])).toEqual([
        // for whom the token is
        'token-other-audience',
        'token-several-audiences',
        // that a proof works once
        'proof-replayed',
        'proof-replayed-at-once',
        // that a token can be ended
        'ended-before',
        'ended-in-mid-session',
        'ended-no-place',
        'ended-list-expired',
        'ended-list-forged',
        'ended-list-moved',
        'ended-list-mistyped',
        'ended-list-away',
      ])
      expect(exitCodeOf(results)).toBe(1)
      expect(summaryOf(results)).toContain('Does not conform')
      expect(results.find(({ id }) => id === 'proof-replayed')).toMatchObject({
        seen: 'it handed over data (200)',
        todo: expect.stringContaining('jti'),
      })
    } finally {
      await stop()
    }
  })

  const ways: [string, HowTokensCome][] = [
    ['signed tokens and status lists', {}],
    ['signed tokens and introspection', { ended: 'introspection' }],
    ['encrypted tokens', { tokens: 'jwe' }],
    ['opaque tokens', { tokens: 'opaque' }],
  ]
  test.for(ways)('then it takes the holder kit, and conforms: %s', { timeout: 60_000 }, async ([, how], { expect }) => {
    const { config, ...keys } = await conformanceSettings(how)
    const stop = await publisherWithKit(config, keys)
    try {
      const results = await runConformance(config)
      expect(faultsIn(results)).toEqual([])
      expect(results).toHaveLength(CASES.length)
      expect(results.filter(({ result }) => result === 'good').length).toBeGreaterThan(30)
      expect(summaryOf(results)).toMatch(/^Conforms/)
    } finally {
      await stop()
    }
  })
})

describe.concurrent('The conformance kit finds what can go wrong with the kit itself', () => {
  test('a store of proofs that forgets (INV-11)', { timeout: 60_000 }, async ({ expect }) => {
    const { config, ...keys } = await conformanceSettings()
    const stop = await publisherWithKit(config, keys, { changed: { replayStore: { useOnce: async () => true } } })
    expect(faultsIn(await runConformance(config)).map((fault) => fault.split(':')[0])).toEqual(['proof-replayed', 'proof-replayed-at-once'])
    await stop()
  })

  test('a handler that does not ask what the token allows', { timeout: 60_000 }, async ({ expect }) => {
    const { config, ...keys } = await conformanceSettings()
    const stop = await publisherWithKit(config, keys, { checksWhatFor: false })
    expect(faultsIn(await runConformance(config))).toEqual(['what-other-data: it handed over data of pupil 1 (200)'])
    await stop()
  })

  test('a holder that does not answer an honest supplier is not tried further', async ({ expect }) => {
    const { config } = await conformanceSettings()
    const results = await runConformance(config)
    expect(results.map(({ id, result }) => [id, result])).toEqual([['good-token', 'fault']])
    expect(summaryOf(results)).toContain('nothing else was tried')
  })
})
