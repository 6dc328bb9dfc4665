import type { Context } from 'hono'
import { keepCookie, readCookie } from '../../accounts/cookies.ts'
import { deviceOf } from '../../accounts/device.ts'
import { type AtBrowser, SESSION_SECONDS } from '../../accounts/sessions.ts'
import { newSecret } from '../../ids.ts'
import { ownPath, type PageEnv } from '../page.tsx'

const BROWSER_SECONDS = 180 * 86_400

/** The secret of this browser, which ties to it what is sent or begun for it; made when there is none yet. */
export function browserSecret(c: Context<PageEnv>): string {
  const browser = readCookie(c, 'browser') ?? newSecret()
  keepCookie(c, 'browser', browser, BROWSER_SECONDS)
  return browser
}

/** What every way of signing in tells of the browser; the session that was there ends with it. */
export function atBrowser(c: Context<PageEnv>): AtBrowser {
  return { device: deviceOf(c.req.header('user-agent')), browser: browserSecret(c), insteadOf: readCookie(c, 'session') }
}

/** Gives the browser its session, and goes on to the page that was asked for. */
export function enter(c: Context<PageEnv>, token: string, next: string | undefined) {
  keepCookie(c, 'session', token, SESSION_SECONDS)
  return c.redirect(ownPath(c, next), 303)
}
