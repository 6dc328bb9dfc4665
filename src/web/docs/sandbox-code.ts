/** The example of the sandbox. The tests run it as it stands here (tests/http/docs-quick-starts.test.ts). */
export const sandboxCode = `import * as client from 'openid-client'
import { config, DPoP, rest } from './connect.mjs'

// All four stand on the page of your sandbox.
const { BRIN, SERVICE_ID, HOLDER, AGREEMENT_ID } = process.env
const results = { type: 'pupil-data', locations: [HOLDER], actions: ['read'], datatypes: ['learning-results'], purpose: '5.1.a' }
const day = (days) => new Date(Date.now() + days * 86400000).toISOString().slice(0, 10)

let request = await rest('POST', '/access-requests', {
  addressed_to: { scheme: 'BRIN', value: BRIN },
  service_id: SERVICE_ID,
  authorization_details: [results],
  window: { from: day(0), until: day(14) },
  occasion: 'We are trying our program.',
  reason: { nl: 'Wij proberen ons programma.' },
  subjects: [
    { reference: 'always-yes', hint: 'Jada Altijd-Ja' },
    { reference: 'always-no', hint: 'Nina Altijd-Nee' },
  ],
})

// The school and the parents take their turn within seconds. In the real world it takes days: be told by events instead.
while (request.status !== 'released') {
  await new Promise((resolve) => setTimeout(resolve, 1000))
  request = await rest('GET', '/access-requests/' + request.id)
}
const { grants } = await rest('GET', '/agreements/' + AGREEMENT_ID + '/grants')

export const collected = []
for (const { reference, identifier } of grants) {
  const details = JSON.stringify([{ ...results, identifier }])
  const { access_token } = await client.clientCredentialsGrant(config, { authorization_details: details }, { DPoP })
  const url = new URL('learning-results', HOLDER)
  const answer = await client.fetchProtectedResource(config, access_token, url, 'GET', undefined, undefined, { DPoP })
  collected.push({ reference, data: await answer.json() })
}
console.log(JSON.stringify(collected))
`
