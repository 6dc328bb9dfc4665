import { mkdir, writeFile } from 'node:fs/promises'
import { createApp } from './app.ts'
import { apiDocument } from './openapi.ts'

/** `npm run openapi`: writes the contract from the routes. The issuer in it is an example; a running broker serves its own. */
const app = createApp(() => {
  throw new Error('only described, never called')
})
await mkdir('openapi', { recursive: true })
await writeFile('openapi/openapi.json', `${JSON.stringify(apiDocument(app, 'https://broker.example'), null, 2)}\n`)
