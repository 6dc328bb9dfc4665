import type { WrittenLanguage } from '../languages.ts'

/** What comes to wait for the people of a supplier. */
export type Tiding =
  | 'signature'
  | 'message'
  | 'rejected'
  | 'addendum_signed'
  | 'addendum_rejected'
  | 'leaflet_declined'
  | 'duty'
  | 'right'
  | 'incident'
  | 'set_aside'

/** No mail says about whom, at which school, or what was written: the page behind the link does. */
export const TIDINGS: Record<
  WrittenLanguage,
  { subject: string; text: (list: string, link: string) => string; kinds: Record<Tiding, string> }
> = {
  nl: {
    subject: 'Er wacht iets op uw organisatie',
    text: (list, link) => `Dit is er nieuw:\n\n${list}\nBekijk wat er te doen is:\n\n${link}\n`,
    kinds: {
      signature: 'Een bestuur heeft een contract getekend. Nu tekent u.',
      message: 'Een school schreef u iets over een contract.',
      rejected: 'Een school wil een contract zo niet. U leest waarom.',
      addendum_signed: 'Een bestuur heeft een aanvulling op een contract getekend. Wat erin staat, geldt nu.',
      addendum_rejected: 'Een school wil een aanvulling op een contract niet. U leest waarom.',
      leaflet_declined: 'Een school wil uw nieuwe uitleg niet. U leest waarom.',
      duty: 'U moet gegevens wissen of iets weghalen, voor een vaste dag.',
      right: 'Iemand vraagt u iets over eigen gegevens, voor een vaste dag.',
      incident: 'Een school schreef u iets over een datalek.',
      set_aside: 'Een school neemt een verzoek dat u doorstuurde niet over.',
    },
  },
  en: {
    subject: 'Something waits for your organisation',
    text: (list, link) => `This is new:\n\n${list}\nSee what there is to do:\n\n${link}\n`,
    kinds: {
      signature: 'A board has signed an agreement. Now you sign.',
      message: 'A school wrote to you about an agreement.',
      rejected: 'A school does not want an agreement as it is. You can read why.',
      addendum_signed: 'A board has signed an addendum to an agreement. What it brings in counts from now on.',
      addendum_rejected: 'A school does not want an addendum to an agreement. You can read why.',
      leaflet_declined: 'A school does not want your new leaflet. You can read why.',
      duty: 'You have to destroy data or take something down, by a set day.',
      right: 'Somebody asks you something about their own data, by a set day.',
      incident: 'A school wrote to you about a data leak.',
      set_aside: 'A school does not take over a request that you sent on.',
    },
  },
}
