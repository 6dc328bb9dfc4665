import { createHash } from 'node:crypto'
import { Hono } from 'hono'
import type { Env } from '../../http.ts'
import { progressScript, progressScriptPath } from '../progress-script.ts'
import { passkeyScript, passkeyScriptPath } from '../sign-in/passkey-script.ts'
import { scannedScript, scannedScriptPath } from '../supplier/asking/scanned-script.ts'
import { stylesheet } from './stylesheet.ts'

/** The name changes with the content, so that browsers may keep it for ever. */
export const stylesheetPath = `/assets/${createHash('sha256').update(stylesheet).digest('base64url').slice(0, 16)}.css`

export function assetRoutes(): Hono<Env> {
  const forEver = { 'Cache-Control': 'public, max-age=31536000, immutable' }
  const script = { 'Content-Type': 'text/javascript; charset=utf-8', ...forEver }
  return new Hono<Env>()
    .get(stylesheetPath, (c) => c.body(stylesheet, 200, { 'Content-Type': 'text/css; charset=utf-8', ...forEver }))
    .get(progressScriptPath, (c) => c.body(progressScript, 200, script))
    .get(scannedScriptPath, (c) => c.body(scannedScript, 200, script))
    .get(passkeyScriptPath, (c) => c.body(passkeyScript, 200, script))
}
