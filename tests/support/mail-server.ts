import { startMailServer } from '../../src/demo/mail-server.ts'
import type { SentMail } from '../../src/deps.ts'

/** A mail server on this machine that keeps what it is sent. */
export async function keepingMailServer() {
  const mails: SentMail[] = []
  const server = await startMailServer(async (mail) => void mails.push({ ...mail, at: new Date().toISOString() }))
  return { mails, ...server }
}
