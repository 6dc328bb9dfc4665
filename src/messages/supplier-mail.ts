import type { MailWords } from './mail.ts'

/** To whoever checks and signs contracts for a board. No mail says about whom, which company, or what was written: the page behind the link does. */
export const CONTRACT_MAIL: MailWords<[board: string, link: string]> = {
  nl: (board, link) => ({
    subject: 'Een bedrijf wacht op de school',
    text: `Een bedrijf stelt ${board} iets voor over een contract, of schreef erover. Bekijk wat er te doen is:\n\n${link}\n`,
  }),
  en: (board, link) => ({
    subject: 'A company waits for the school',
    text: `A company proposes something about an agreement to ${board}, or wrote about one. See what there is to do:\n\n${link}\n`,
  }),
}

/** To whoever decides on requests for a school. */
export const REQUEST_MAIL: MailWords<[board: string, link: string]> = {
  nl: (board, link) => ({
    subject: 'Een bedrijf vraagt om gegevens',
    text: `Een bedrijf vraagt ${board} om gegevens van leerlingen of collega’s. Bekijk de aanvraag:\n\n${link}\n`,
  }),
  en: (board, link) => ({
    subject: 'A company asks for data',
    text: `A company asks ${board} for data about pupils or staff. See the request:\n\n${link}\n`,
  }),
}
