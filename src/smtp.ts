import { createTransport } from 'nodemailer'
import type { Mail } from './deps.ts'

/** Sends mails over SMTP. A server that does not answer in 15 seconds counts as refusing; the mail is tried again later. */
export function smtpSender(url: string, from: string): (mail: Mail) => Promise<void> {
  const limits = { connectionTimeout: 15_000, greetingTimeout: 15_000, socketTimeout: 15_000, dnsTimeout: 15_000 }
  const transport = createTransport({ url, ...limits }, { from })
  return async ({ to, subject, text }) => {
    // The address as an object: a comma or bracket in it must not become a second receiver.
    await transport.sendMail({ to: { name: '', address: to }, subject, text, disableFileAccess: true, disableUrlAccess: true })
  }
}
