import { createHash } from 'node:crypto'

/** Puts the code that a scanned QR code carries behind # into the field, and takes it out of the address. */
export const scannedScript = `
const field = document.getElementById('code')
const code = decodeURIComponent(location.hash.slice(1))
if (field && /^[A-Za-z0-9_-]{20,100}$/.test(code)) {
  field.value = code
  history.replaceState(null, '', location.pathname)
  field.focus()
}
`

/** The name changes with the content, so that browsers may keep it for ever. */
export const scannedScriptPath = `/assets/${createHash('sha256').update(scannedScript).digest('base64url').slice(0, 16)}.js`
