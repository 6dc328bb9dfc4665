/** The quick start of a supplier, file by file. The tests run them as they stand here (tests/http/docs-quick-starts.test.ts). */

export const connectCode = `import * as client from 'openid-client'

export const broker = 'https://broker.example'

// The client id you registered, and its private key, which stays with you: an Ed25519 key as a JWK with its kid.
const { kid, kty, crv, x, d } = JSON.parse(process.env.CLIENT_KEY)
const key = await crypto.subtle.importKey('jwk', { kty, crv, x, d }, { name: 'Ed25519' }, false, ['sign'])

export const config = await client.discovery(new URL(broker), process.env.CLIENT_ID, undefined, client.PrivateKeyJwt({ key, kid }), {
  algorithm: 'oauth2',
})

// Tokens are bound to a key of this process: whoever steals one cannot use it.
export const DPoP = client.getDPoPHandle(config, await client.randomDPoPKeyPair('ES256'))

// A call of the broker's own REST API.
export async function rest(method, path, body) {
  const { access_token } = await client.clientCredentialsGrant(config, { scope: 'access_requests', resource: broker + '/v1' }, { DPoP })
  const headers = new Headers({ accept: 'application/json' })
  if (body) headers.set('content-type', 'application/json')
  const url = new URL(broker + '/v1' + path)
  const answer = await client.fetchProtectedResource(config, access_token, url, method, body && JSON.stringify(body), headers, { DPoP })
  const json = await answer.json()
  if (!answer.ok) throw new Error(json.code + ': ' + json.detail)
  return json
}
`

export const askCode = `import { rest } from './connect.mjs'

// Step 1 of four: the school gets your request, asks the parents, and releases what they agreed to.
const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10)
const request = await rest('POST', '/access-requests', {
  addressed_to: { scheme: 'BRIN', value: process.env.BRIN },
  service_id: process.env.SERVICE_ID,
  authorization_details: [
    {
      type: 'pupil-data',
      locations: ['https://api.rekenrijk.example/'],
      actions: ['read'],
      datatypes: ['arithmetic-results'],
      purpose: '5.1.a',
    },
  ],
  window: { from: day(0), until: day(42) },
  occasion: 'The pupil gets stuck in arithmetic.',
  reason: { nl: 'Wij willen zien welke sommen moeilijk zijn, om die samen te oefenen.' },
  subject_kind: 'pupil',
  subjects: [{ reference: 'file-118', hint: 'Fatima, groep 6' }],
})
console.log(request.id, request.status)
`

export const collectCode = `import * as client from 'openid-client'
import { config, DPoP, rest } from './connect.mjs'

// Who was released to you: your own reference, and the pseudonym that is yours alone.
const { grants } = await rest('GET', '/agreements/' + process.env.AGREEMENT_ID + '/grants')

export const collected = []
for (const { reference, identifier } of grants) {
  try {
    // Just in time: a token of minutes for one pupil, at one holder. Ask for it when somebody needs the data, and keep neither.
    const { access_token } = await client.clientCredentialsGrant(
      config,
      {
        resource: 'https://api.rekenrijk.example/',
        authorization_details: JSON.stringify([
          {
            type: 'pupil-data',
            locations: ['https://api.rekenrijk.example/'],
            actions: ['read'],
            datatypes: ['arithmetic-results'],
            purpose: '5.1.a',
            identifier,
          },
        ]),
      },
      { DPoP },
    )
    const answer = await client.fetchProtectedResource(
      config,
      access_token,
      new URL('https://api.rekenrijk.example/results'),
      'GET',
      undefined,
      undefined,
      { DPoP },
    )
    collected.push({ reference, data: await answer.json() })
  } catch (error) {
    // One and the same no whatever the reason: stopped, refused, over, not released. Nobody learns which, so do not guess.
    if (error.error !== 'invalid_authorization_details') throw error
    collected.push({ reference, data: undefined })
  }
}
console.log(JSON.stringify(collected))
`

export const askDirectlyCode = `import * as client from 'openid-client'
import { config, DPoP } from './connect.mjs'

// A parent gave you a link code: ask them directly. The school neither decides nor hears of it.
const holder = 'https://api.rekenrijk.example/'
const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10)
const asked = await client.initiateBackchannelAuthentication(config, {
  scope: 'openid',
  login_hint: process.env.LINK_CODE,
  binding_message: 'Reken Plus',
  authorization_details: JSON.stringify([
    {
      type: 'pupil-data',
      locations: [holder],
      actions: ['read'],
      datatypes: ['arithmetic-results'],
      purpose: '5.1.a',
      service: process.env.SERVICE_ID,
      occasion: 'Your child gets stuck in arithmetic.',
      reason: { nl: 'Wij willen zien welke sommen moeilijk zijn, om die samen te oefenen.' },
      period: { from: day(0), until: day(42) },
    },
  ]),
})

// Waits until they answer. After a yes there is a token; keep the refresh token for as long as the consent lasts.
const tokens = await client.pollBackchannelAuthenticationGrant(config, asked, undefined, { DPoP })
const answer = await client.fetchProtectedResource(config, tokens.access_token, new URL('results', holder), 'GET', undefined, undefined, { DPoP })
export const collected = await answer.json()
console.log(JSON.stringify(collected))
`
