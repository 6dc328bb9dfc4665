import { describe, expect, test } from 'vitest'
import { entryFor } from '../../src/holder/access.ts'
import { fakeBroker, ISSUER, keyPair, pupilData, RESOURCE, requestWith, STATUS_URI } from '../fakes/broker.ts'
import { verifierFor } from '../support/holder-verifier.ts'

describe('A data holder verifies an access token', () => {
  test('and reads what it allows', async () => {
    const broker = await fakeBroker()
    const access = await verifierFor(broker).verifyAccess(await broker.request({ token: { claims: { jti: 'jti-1' } } }))
    expect(access).toEqual({
      tokenId: 'jti-1',
      clientId: 'rekenplus-org',
      subjects: ['hs_fatima'],
      details: [pupilData()],
      grantId: 'grant-1',
      txn: 'txn-1',
      expiresAt: new Date('2026-11-16T09:10:00Z'),
    })
    expect(entryFor(access, 'hs_fatima', 'arithmetic-results')).toEqual(pupilData())
    expect(entryFor(access, 'hs_fatima', 'practice-time')).toBeUndefined()
    expect(entryFor(access, 'hs_ali', 'arithmetic-results')).toBeUndefined()
  })

  test('a batch token is about its identifiers and nobody else', async () => {
    const broker = await fakeBroker()
    const details = pupilData({ identifier: undefined, identifiers: ['hs_ali', 'hs_fatima'] })
    const access = await verifierFor(broker).verifyAccess(
      await broker.request({ token: { claims: { sub: 'rekenplus-org', grant_id: undefined, authorization_details: [details] } } }),
    )
    expect(access.subjects).toEqual(['hs_ali', 'hs_fatima'])
    expect(access.grantId).toBeUndefined()
    expect(entryFor(access, 'hs_ali', 'arithmetic-results')).toBeDefined()
    expect(entryFor(access, 'rekenplus-org', 'arithmetic-results')).toBeUndefined()
  })

  test('entries for other holders are not this one’s to read (RFC 9396 §9.1)', async () => {
    const broker = await fakeBroker()
    const elsewhere = pupilData({ locations: ['https://elders.example/'], datatypes: ['practice-time'], more: 'x' })
    const access = await verifierFor(broker).verifyAccess(
      await broker.request({ token: { claims: { authorization_details: [elsewhere, pupilData(), { type: 'other' }] } } }),
    )
    expect(access.details).toEqual([pupilData()])
  })

  test('both the names EdDSA and Ed25519 stand for the same signature (RFC 9864)', async () => {
    const broker = await fakeBroker()
    broker.state.jwks[0]!.alg = 'Ed25519'
    await expect(verifierFor(broker).verifyAccess(await broker.request({ token: { header: { alg: 'Ed25519' } } }))).resolves.toBeDefined()
  })

  const seconds = Date.parse('2026-11-16T09:00:00Z') / 1000
  const wrong: [what: string, made: { claims?: Record<string, unknown>; header?: Record<string, unknown> }][] = [
    ['typ of another kind of JWT (RFC 9068 §4)', { header: { typ: 'JWT' } }],
    ['typ of a status list', { header: { typ: 'statuslist+jwt' } }],
    ['no typ', { header: { typ: undefined } }],
    ['no kid', { header: { kid: undefined } }],
    ['a kid nobody knows', { header: { kid: 'other' } }],
    ['the kid of another key', { header: { kid: 'status', alg: 'EdDSA' } }],
    ['another issuer', { claims: { iss: 'https://broker.example' } }],
    ['the issuer with a slash', { claims: { iss: `${ISSUER}/` } }],
    ['another audience', { claims: { aud: 'https://elders.example/' } }],
    ['the audience without its slash', { claims: { aud: RESOURCE.slice(0, -1) } }],
    ['two audiences, this one among them', { claims: { aud: [RESOURCE, 'https://elders.example/'] } }],
    ['this audience alone, but in a list', { claims: { aud: [RESOURCE] } }],
    ['no audience', { claims: { aud: undefined } }],
    ['expired just now', { claims: { iat: seconds - 600, exp: seconds } }],
    ['no exp', { claims: { exp: undefined } }],
    ['a life of more than ten minutes', { claims: { exp: seconds + 601 } }],
    ['issued in the future', { claims: { iat: seconds + 11 } }],
    ['no iat', { claims: { iat: undefined } }],
    ['not valid yet', { claims: { nbf: seconds + 30 } }],
    ['no jti', { claims: { jti: undefined } }],
    ['a jti that is no text', { claims: { jti: 7 } }],
    ['no sub', { claims: { sub: undefined } }],
    ['no client_id', { claims: { client_id: undefined } }],
    ['not bound to a key', { claims: { cnf: undefined } }],
    ['bound in two ways', { claims: { cnf: { jkt: 'x', 'x5t#S256': 'y' } } }],
    ['bound to another key', { claims: { cnf: { jkt: 'A'.repeat(43) } } }],
    ['no status', { claims: { status: undefined } }],
    ['an index below zero', { claims: { status: { status_list: { idx: -1, uri: STATUS_URI } } } }],
    ['an index that is no number', { claims: { status: { status_list: { idx: '3', uri: STATUS_URI } } } }],
    ['an index past the end of the list', { claims: { status: { status_list: { idx: 64, uri: STATUS_URI } } } }],
    ['a status list somewhere else', { claims: { status: { status_list: { idx: 3, uri: 'https://elders.example/status/l1' } } } }],
    ['a status list on a file', { claims: { status: { status_list: { idx: 3, uri: 'file:///etc/passwd' } } } }],
    ['ended', { claims: { status: { status_list: { idx: 7, uri: STATUS_URI } } } }],
    ['no authorization_details', { claims: { authorization_details: undefined } }],
    ['authorization_details that are no list', { claims: { authorization_details: pupilData() } }],
    ['nothing for this holder', { claims: { authorization_details: [pupilData({ locations: ['https://elders.example/'] })] } }],
    ['two places in one entry', { claims: { authorization_details: [pupilData({ locations: [RESOURCE, 'https://elders.example/'] })] } }],
    ['another action', { claims: { authorization_details: [pupilData({ actions: ['write'] })] } }],
    ['a member nobody understands', { claims: { authorization_details: [pupilData({ only_on: 'monday' })] } }],
    ['no data named', { claims: { authorization_details: [pupilData({ datatypes: [] })] } }],
    ['no purpose', { claims: { authorization_details: [pupilData({ purpose: undefined })] } }],
    ['half a period', { claims: { authorization_details: [pupilData({ period: { from: '2026-08-01' } })] } }],
    ['somebody else than its sub', { claims: { authorization_details: [pupilData({ identifier: 'hs_ali' })] } }],
    ['a batch that names nobody', { claims: { sub: 'rekenplus-org', authorization_details: [pupilData({ identifier: undefined })] } }],
    [
      'a batch of fifty-one',
      {
        claims: {
          sub: 'rekenplus-org',
          authorization_details: [pupilData({ identifier: undefined, identifiers: Array.from({ length: 51 }, (_, n) => `hs_${n}`) })],
        },
      },
    ],
  ]
  test.each(wrong)('refused: %s', async (_, made) => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    await expect(verifier.verifyAccess(await broker.request({ token: made }))).rejects.toMatchObject({ code: 'invalid_token', status: 401 })
    await expect(verifier.verifyAccess(await broker.request())).resolves.toBeDefined()
  })

  test('refused: signed by somebody else, unsigned, tampered with, cut off', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    const stranger = await keyPair('EdDSA')
    const good = await broker.token()
    const [header, payload, signature] = good.split('.') as [string, string, string]
    const other = (json: object) => Buffer.from(JSON.stringify(json)).toString('base64url')
    const claims = JSON.parse(Buffer.from(payload, 'base64url').toString()) as object
    for (const token of [
      await broker.token({ key: stranger.privateKey }),
      `${other({ alg: 'none', typ: 'at+jwt', kid: 'access' })}.${payload}.`,
      `${other({ alg: 'HS256', typ: 'at+jwt', kid: 'access' })}.${payload}.${signature}`,
      `${header}.${other({ ...claims, sub: 'hs_ali' })}.${signature}`,
      `${header}.${payload}`,
      `${header}.${payload}.${signature.slice(0, -4)}`,
      good.padEnd(17_000, 'A'),
      'x',
    ]) {
      await expect(verifier.verifyAccess(requestWith(token, await broker.proof(token)))).rejects.toMatchObject({ code: 'invalid_token' })
    }
  })

  test('a token seen before is refused as soon as it has expired', async () => {
    const broker = await fakeBroker()
    const verifier = verifierFor(broker)
    const token = await broker.token({ claims: { exp: broker.now().getTime() / 1000 + 30 } })
    await verifier.verifyAccess(requestWith(token, await broker.proof(token)))
    broker.pass(29)
    await verifier.verifyAccess(requestWith(token, await broker.proof(token)))
    broker.pass(1)
    await expect(verifier.verifyAccess(requestWith(token, await broker.proof(token)))).rejects.toMatchObject({ code: 'invalid_token' })
  })
})
