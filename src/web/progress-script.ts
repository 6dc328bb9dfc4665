import { createHash } from 'node:crypto'

/** Looks at the same page again and again, moves the bar, and shows the page anew once there is no bar on it any more. */
export const progressScript = `
const look = async () => {
  try {
    const answer = await fetch(location.href, { headers: { accept: 'text/html' }, cache: 'no-store' })
    const page = new DOMParser().parseFromString(await answer.text(), 'text/html')
    const [here, now] = [document, page].map((one) => one.getElementById('progress'))
    if (!answer.ok || !now) return location.reload()
    const [bar, bars] = [here, now].map((one) => one.querySelector('progress'))
    if (bars.hasAttribute('value')) bar.value = bars.value
    const [text, texts] = [here, now].map((one) => one.querySelector('[role=status]'))
    if (text.textContent !== texts.textContent) text.textContent = texts.textContent
  } catch {}
  setTimeout(look, 1000)
}
setTimeout(look, 700)
`

/** The name changes with the content, so that browsers may keep it for ever. */
export const progressScriptPath = `/assets/${createHash('sha256').update(progressScript).digest('base64url').slice(0, 16)}.js`
