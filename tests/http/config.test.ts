import { describe, expect, test } from 'vitest'
import { readConfig, readDatabaseConfig } from '../../src/config.ts'

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

  test.each([
    ['DATABASE_URL', 'postgres://broker:ge#heim@db/broker'],
    ['DATABASE_OWNER_URL', 'postgres://owner:ge#heim@db/broker'],
    ['SMTP_URL', 'smtp://'],
    ['SMTP_URL', 'smtp://mail:ge#heim@mail.example'],
    ['MAIL_FROM', 'Toestemmingen'],
    ['MAIL_FROM', 'Toestemmingen <a@b.example>\nBcc: c@d.example'],
  ])('%s that nothing could be done with (%#)', (name, value) => {
    expect(() => readConfig({ ...production, [name]: value })).toThrow(new RegExp(`^The configuration is not right:\n  ${name}: .*$`))
  })

  test('an owner of a database that is not named would go unused', () => {
    expect(() => readConfig({ DATABASE_OWNER_URL: 'postgres://owner@db/broker' })).toThrow(/DATABASE_OWNER_URL: goes with DATABASE_URL/)
    expect(readConfig({ ...production, DATABASE_OWNER_URL: 'postgres://owner@db/broker', MAIL_FROM: 'a@b.example' }).mailFrom).toBe(
      'a@b.example',
    )
  })

  test('who migrates or checks a database needs to say no more than where it is', () => {
    const databases = { DATABASE_URL: production.DATABASE_URL, DATABASE_OWNER_URL: 'postgres://owner@db/broker' }
    const read = { databaseUrl: databases.DATABASE_URL, databaseOwnerUrl: databases.DATABASE_OWNER_URL, dataFolder: '.data' }
    expect(readDatabaseConfig({ ...databases, PORT: 'of something else' })).toEqual(read)
    expect(() => readDatabaseConfig({ DATABASE_URL: 'garbage' })).toThrow(/^The configuration is not right:\n  DATABASE_URL: .*$/)
    expect(() => readDatabaseConfig({ DATABASE_OWNER_URL: databases.DATABASE_OWNER_URL })).toThrow(/goes with DATABASE_URL/)
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

describe('Identity providers come from the environment, each under its own name', () => {
  const entree = {
    OIDC_ENTREE_NAME: 'Entree Federatie',
    OIDC_ENTREE_ISSUER: 'https://aselect.entree.example/oidc',
    OIDC_ENTREE_CLIENT_ID: 'broker',
    OIDC_ENTREE_CLIENT_SECRET: 'geheim',
  }
  const portal = {
    OIDC_PORTAAL_NAME: 'Ouderportaal',
    OIDC_PORTAAL_ISSUER: 'https://portaal.example',
    OIDC_PORTAAL_CLIENT_ID: 'x',
    OIDC_PORTAAL_CLIENT_SECRET: 'y',
    OIDC_PORTAAL_SCOPE: 'openid profile',
    OIDC_PORTAAL_ACR: 'urn:laag  urn:hoog',
  }

  test('none, one or several', () => {
    expect(readConfig({}).identityProviders).toEqual([])
    expect(readConfig({ ...entree, ...portal, OIDC_PROVIDERS: 'entree, portaal' }).identityProviders).toEqual([
      {
        id: 'entree',
        name: 'Entree Federatie',
        issuer: 'https://aselect.entree.example/oidc',
        clientId: 'broker',
        clientSecret: 'geheim',
        scope: 'openid email',
        acr: [],
      },
      {
        id: 'portaal',
        name: 'Ouderportaal',
        issuer: 'https://portaal.example',
        clientId: 'x',
        clientSecret: 'y',
        scope: 'openid profile',
        acr: ['urn:laag', 'urn:hoog'],
      },
    ])
  })

  test('all that is wrong with them is in the one message, with what else is wrong, and no value', () => {
    const tell = () =>
      readConfig({
        PORT: 'geheim',
        OIDC_PROVIDERS: 'entree,portaal,Fout!',
        ...entree,
        OIDC_ENTREE_ISSUER: 'http://10.0.0.1/geheim',
        OIDC_ENTREE_SCOPE: 'email',
        OIDC_PORTAAL_NAME: 'geheim'.repeat(20),
        OIDC_ELDERS_NAME: 'geheim',
      })
    for (const name of [
      'PORT',
      'OIDC_PROVIDERS',
      'OIDC_ENTREE_ISSUER',
      'OIDC_ENTREE_SCOPE',
      'OIDC_PORTAAL_NAME',
      'OIDC_PORTAAL_ISSUER',
      'OIDC_PORTAAL_CLIENT_ID',
      'OIDC_PORTAAL_CLIENT_SECRET',
      'OIDC_ELDERS_NAME',
    ]) {
      expect(tell).toThrow(new RegExp(`\n {2}${name}: `))
    }
    expect(tell).not.toThrow(/geheim/)
    expect(tell).toThrow(/OIDC_ELDERS_NAME: is of a provider that OIDC_PROVIDERS does not name/)
  })

  test.each([
    ['the same issuer twice', { OIDC_PORTAAL_ISSUER: entree.OIDC_ENTREE_ISSUER }],
    ['a query in the issuer', { OIDC_PORTAAL_ISSUER: 'https://portaal.example/?x=1' }],
    ['another port', { OIDC_PORTAAL_ISSUER: 'https://portaal.example:8443' }],
    ['a machine of one’s own', { OIDC_PORTAAL_ISSUER: 'http://localhost:9000' }],
  ])('not %s', (_, change) => {
    expect(() => readConfig({ ...entree, ...portal, ...change, OIDC_PROVIDERS: 'entree,portaal' })).toThrow(/OIDC_P/)
  })

  test('a machine of one’s own where it is allowed, for development', () => {
    const local = {
      ...portal,
      OIDC_PORTAAL_ISSUER: 'http://localhost:9000',
      ALLOWED_LOOPBACK: 'http://localhost:9000',
      OIDC_PROVIDERS: 'portaal',
    }
    expect(readConfig(local).identityProviders).toHaveLength(1)
  })
})
