import type { MailWords } from '../../accounts/ways-in.ts'
import { messages } from '../texts/messages.ts'

/** The mail to the owner of an account that how one comes in has changed. */
export function changedMail(what: 'passkeyAdded' | 'passkeyRemoved' | 'providerAdded' | 'providerRemoved'): MailWords {
  return (language) => {
    const words = messages[language].account
    return { subject: words.mailSubject, text: words.mailText(words[what]) }
  }
}
