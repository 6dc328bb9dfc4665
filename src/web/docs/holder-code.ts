import { EXAMPLE_BROKER } from './block.ts'

/** The quick start of a holder: the first example in the README of the kit, which tests/http/holder-readme.test.ts runs. */
export const holderCode = `import { serve } from '@hono/node-server'
import { AccessError, createVerifier, entryFor } from 'consent-broker/holder'
import { type AccessVariables, metadataHandler, requireAccess } from 'consent-broker/holder/hono'
import { Hono } from 'hono'

const verifier = createVerifier({
  issuer: 'https://broker.example', // as the broker names itself
  resource: 'https://api.rekenrijk.example/', // as you registered it: the audience of your tokens
  clientId: 'rekenrijk', // your own client at the broker …
  privateJwk: JSON.parse(process.env.BROKER_KEY!), // … and its key, of which the broker has the public half
  name: 'Rekenrijk Oefenen',
  reports: { onLost: ({ tokenId }, error) => console.warn('use not reported', tokenId, error) },
})

const app = new Hono<{ Variables: AccessVariables }>()
app.get(new URL(verifier.metadataUrl).pathname, metadataHandler(verifier))

app.get('/results', requireAccess(verifier), async (c) => {
  const { access, delivered } = c.var
  const answer = []
  for (const subject of access.subjects) {
    const entry = entryFor(access, subject, 'arithmetic-results')
    if (!entry) throw new AccessError('insufficient_scope', 'the token does not allow arithmetic results')
    const results = await resultsOf(await verifier.identifierOf(subject), entry.period) // only days within the period
    answer.push({ subject, results })
  }
  delivered({ datatypes: ['arithmetic-results'], records: answer.length }) // goes out after the answer
  return c.json(answer)
})

/** Your own database: what there is of the pupil whom the school knows by this identifier. */
async function resultsOf(identifier: string | undefined, period?: { from: string; until: string }) {
  const all = [{ identifier, day: '2026-11-12', sum: '7 × 8', right: true }]
  return all.filter(({ day }) => !period || (day >= period.from && day <= period.until)).map(({ sum, right }) => ({ sum, right }))
}

process.once('SIGTERM', () => void verifier.settled().finally(() => process.exit()))
serve({ fetch: app.fetch, port: Number(process.env.PORT ?? 8443) })
`

/** Where this broker serves the kit as a package. */
export const HOLDER_KIT = '/docs/holder-kit.tgz'

export const installCode = `npm install ${EXAMPLE_BROKER}${HOLDER_KIT} hono @hono/node-server`

const RUN = 'npx holder-conformance holder.json'
/** The conformance kit, of the package that is installed. */
export const conformanceCode = `npx holder-conformance --example > holder.json
${RUN}`

/** The verifier of one holder, as it chose to take its tokens. */
export function verifierFromHere(
  issuer: string,
  { resource, tokenFormat, endedBy }: { resource: string; tokenFormat: string; endedBy: string },
  clientId = 'your-client',
): string {
  const keys = tokenFormat === 'jwe' ? '\n  decryptionJwks: [JSON.parse(process.env.DECRYPTION_KEY!)],' : ''
  return `const verifier = createVerifier({
  issuer: '${issuer}',
  resource: '${resource}',
  clientId: '${clientId}',
  privateJwk: JSON.parse(process.env.BROKER_KEY!),
  tokens: '${tokenFormat}',${keys}
  ended: '${endedBy}',
})`
}

/** The same with settings that were made already, for who has nothing installed. */
export const conformanceFromHere = (issuer: string): string => `npm install ${issuer}${HOLDER_KIT}\n${RUN}`
