import type { MailWords } from './mail.ts'

/** To whoever checks and signs contracts for a board. No mail says about whom, which company, or what was written: the page behind the link does. */
export const SUPPLIER_MAIL: MailWords<[board: string, link: string]> = {
  nl: (board, link) => ({
    subject: 'Een bedrijf wacht op de school',
    text: `Een bedrijf stelt ${board} iets voor over een contract, of schreef erover. Bekijk wat er te doen is:\n\n${link}\n`,
  }),
  en: (board, link) => ({
    subject: 'A company waits for the school',
    text: `A company proposes something about an agreement to ${board}, or wrote about one. See what there is to do:\n\n${link}\n`,
  }),
}
