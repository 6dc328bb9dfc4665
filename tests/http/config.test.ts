import { describe, expect, test } from 'vitest'
import { readConfig } from '../../src/config.ts'

const production = {
  DATABASE_URL: 'postgres://broker:geheim@db/broker',
  ISSUER: 'https://broker.example',
  BROKER_SECRET: 'A'.repeat(43),
  SMTP_URL: 'smtp://mail.example',
}

describe('The configuration is checked before anything starts', () => {
  test('nothing at all is a broker of its own on this machine', () => {
    expect(readConfig({})).toMatchObject({ issuer: 'http://localhost:8080', port: 8080, databaseUrl: undefined, dataFolder: '.data' })
  })

  test('what production needs is enough', () => {
    expect(readConfig(production)).toMatchObject({ issuer: 'https://broker.example', brokerSecret: 'A'.repeat(43) })
  })

  test('all that is wrong is told in one message, by name and without values', () => {
    const wrong = {
      DATABASE_URL: 'mysql://geheim',
      PORT: 'geheim',
      ISSUER: 'http://broker.example/',
      BROKER_SECRET: 'geheim',
      LOG_LEVEL: 'geheim',
    }
    const tell = () => readConfig(wrong)
    for (const name of Object.keys(wrong)) expect(tell).toThrow(new RegExp(`\n {2}${name}: `))
    try {
      tell()
    } catch (error) {
      expect((error as Error).message).not.toContain('geheim')
    }
  })

  test.each(['ISSUER', 'BROKER_SECRET', 'SMTP_URL'])('with a database of its own it needs %s', (name) => {
    expect(() => readConfig({ ...production, [name]: '' })).toThrow(new RegExp(`${name}: is needed`))
  })

  test('an issuer without https only stands on this machine', () => {
    expect(() => readConfig({ ...production, ISSUER: 'http://broker.example' })).toThrow(/ISSUER: is https/)
    expect(() => readConfig({ ISSUER: 'http://localhost.example' })).toThrow(/ISSUER: is https/)
    expect(() => readConfig({ ISSUER: 'https://broker.example/' })).toThrow(/ISSUER: is an origin/)
    expect(readConfig({ ISSUER: 'http://localhost:9000' }).issuer).toBe('http://localhost:9000')
  })

  test('a page with everybody’s mail is only there on this machine', () => {
    const mailbox = { DEVELOPMENT_MAILBOX: 'true' }
    expect(() => readConfig({ ...production, ...mailbox })).toThrow(/DEVELOPMENT_MAILBOX: /)
    expect(() => readConfig({ ...mailbox, ISSUER: 'https://localhost.example' })).toThrow(/DEVELOPMENT_MAILBOX: /)
    expect(() => readConfig({ ...mailbox, ISSUER: 'https://localhost' })).toThrow(/DEVELOPMENT_MAILBOX: /)
    for (const ISSUER of [undefined, 'http://localhost:8080', 'http://127.0.0.1:9000']) {
      expect(readConfig({ ...mailbox, ISSUER }).developmentMailbox).toBe(true)
    }
    expect(readConfig({ ...production, DEVELOPMENT_MAILBOX: 'false' }).developmentMailbox).toBe(false)
  })
})
