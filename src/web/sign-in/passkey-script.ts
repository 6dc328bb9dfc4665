import { createHash } from 'node:crypto'

/**
 * The only script of the pages: it lets the browser talk to a passkey. Forms that need it stay hidden where it does not run
 * or the browser knows no passkeys; signing in by a code works without.
 */
export const passkeyScript = `'use strict'
const canPasskey = typeof PublicKeyCredential === 'function' && 'parseRequestOptionsFromJSON' in PublicKeyCredential

async function answerOf(form) {
  const begin = await fetch(form.dataset.passkey, { method: 'POST', body: new URLSearchParams(), credentials: 'same-origin' })
  if (begin.redirected) {
    location.assign(begin.url)
    return undefined
  }
  if (!begin.ok) throw new Error('no options')
  const options = await begin.json()
  return form.dataset.kind === 'add'
    ? await navigator.credentials.create({ publicKey: PublicKeyCredential.parseCreationOptionsFromJSON(options) })
    : await navigator.credentials.get({ publicKey: PublicKeyCredential.parseRequestOptionsFromJSON(options) })
}

async function pressed(event) {
  const form = event.currentTarget
  const problem = form.querySelector('[data-problem]')
  event.preventDefault()
  if (form.dataset.busy) return
  form.dataset.busy = '1'
  problem.hidden = true
  try {
    const answer = await answerOf(form)
    if (!answer) return
    form.elements.namedItem('answer').value = JSON.stringify(answer)
    form.submit()
  } catch {
    problem.hidden = false
    delete form.dataset.busy
  }
}

for (const form of document.querySelectorAll('form[data-passkey]')) {
  if (!canPasskey) continue
  form.hidden = false
  form.addEventListener('submit', pressed)
}
`

/** The name changes with the content, so that browsers may keep it for ever. */
export const passkeyScriptPath = `/assets/${createHash('sha256').update(passkeyScript).digest('base64url').slice(0, 16)}.js`
