import type { MailWords } from './mail.ts'

/** Neither about whom, nor what, nor by whom: mails may be read by others. */
export const RECEIPT_MAIL: MailWords<[link: string]> = {
  nl: (link) => ({
    subject: 'Uw bewijs staat klaar',
    text: `U heeft iets beslist of gezegd over gegevens. Het is opgeslagen.\n\nBekijk, print of bewaar uw bewijs: ${link}\n\nWas u dit niet? Log in, stop wat u niet wilt en kijk bij Uw account wie er is ingelogd.\n`,
  }),
  en: (link) => ({
    subject: 'Your receipt is ready',
    text: `You decided or said something about data. It has been recorded.\n\nSee, print or keep your receipt: ${link}\n\nWas this not you? Sign in, stop what you do not want and look at Your account to see who is signed in.\n`,
  }),
}
