import postgres from 'postgres'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { jsonLog } from '../../src/json-log.ts'
import { requestContext } from '../../src/request-context.ts'

afterEach(() => vi.restoreAllMocks())

function lines(work: (log: ReturnType<typeof jsonLog>) => void): { text: string; parsed: Record<string, unknown>[] } {
  const written: string[] = []
  for (const method of ['debug', 'info', 'warn', 'error', 'log'] as const) {
    vi.spyOn(console, method).mockImplementation((line: unknown) => void written.push(String(line)))
  }
  work(jsonLog('info'))
  return { text: written.join(''), parsed: written.map((line) => JSON.parse(line)) }
}

describe('The log is silent about people (INV-18)', () => {
  test('one JSON line per message, with the request it belongs to', () => {
    const { parsed } = lines((log) => {
      log.debug('too fine')
      requestContext.run({ requestId: 'r1' }, () => log.info('answered', { status: 200, code: 'consent_ended' }))
    })
    expect(parsed).toMatchObject([{ level: 'INFO', message: 'answered', requestId: 'r1', status: 200, code: 'consent_ended' }])
  })

  test('no address, token, proof or name comes through, whatever the field is called', () => {
    const jwt = 'eyJhbGciOiJFZERTQSJ9.eyJzdWIiOiJmYXRpbWEifQ.c2lnbmF0dXJl'
    const { text } = lines((log) => {
      log.info('x', { email: 'nadia@gezin.example', accessToken: 'geheim', dpopProof: 'geheim', note: `nadia@gezin.example ${jwt}` })
      log.info('x', { nested: { givenName: 'Fatima', list: [{ password: 'geheim' }] } })
    })
    expect(text).not.toMatch(/nadia@|geheim|Fatima|eyJ/)
  })

  test('an error is told whole, without the input it quotes and without the row PostgreSQL shows', () => {
    const cause = Object.assign(new postgres.PostgresError('invalid input syntax for type uuid: "Fatima"'), {
      code: '22P02',
      detail: 'Failing row contains (Fatima).',
      constraint_name: 'persons_pkey',
    })
    const { parsed, text } = lines((log) => log.error('unexpected', { error: new Error('could not do it', { cause }) }))
    expect(text).not.toContain('Fatima')
    expect(parsed[0]?.error).toMatchObject({
      kind: 'Error',
      message: 'could not do it',
      cause: { kind: 'PostgresError', code: '22P02', constraint: 'persons_pkey' },
    })
    expect((parsed[0]!.error as { stack: string[] }).stack[0]).toMatch(/^at /)
  })
})
