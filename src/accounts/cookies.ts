import type { Context } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import type { Env } from '../http.ts'

export type CookieName = 'session' | 'browser' | 'language'

/** With https the browser itself keeps a `__Host-` cookie to this one host, path / and a secure channel. Plain http is for one's own machine. */
function nameOf(c: Context, name: CookieName): { name: string; secure: boolean } {
  const { deps } = c.var as Env['Variables']
  const secure = deps.issuer.startsWith('https:')
  return { name: secure ? `__Host-${name}` : name, secure }
}

export function readCookie(c: Context, name: CookieName): string | undefined {
  return getCookie(c, nameOf(c, name).name)
}

/** `Lax`, so that a link in a mail still finds the session; what changes anything is guarded by where the form came from. */
export function keepCookie(c: Context, name: CookieName, value: string, seconds: number): void {
  const { name: full, secure } = nameOf(c, name)
  setCookie(c, full, value, { path: '/', secure, httpOnly: true, sameSite: 'Lax', maxAge: seconds })
}

export function dropCookie(c: Context, name: CookieName): void {
  const { name: full, secure } = nameOf(c, name)
  deleteCookie(c, full, { path: '/', secure })
}
