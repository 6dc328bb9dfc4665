import { ended } from './ended.ts'

/** The pages for somebody who came from the site of a supplier. */
export const authorizeNl = {
  title: 'Een vraag van een bedrijf',
  who: 'Over wie gaat het?',
  whoIntro: (supplier: string) => `${supplier} vraagt of het gegevens mag zien. Kies eerst over wie het gaat. U beslist daarna.`,
  me: (name: string) => `${name} (uzelf)`,
  nobody: 'U kunt hier over niemand beslissen.',
  nobodyNext: 'Bent u nog niet gekoppeld aan de school? Doe dat eerst, met de code van de school.',
  cannotAsk: 'Dit kan nu niet gevraagd worden.',
  back: (supplier: string) => `Terug naar ${supplier}, zonder te beslissen`,
  replaces: (supplier: string) =>
    `Zegt u ja, dan komt dit in de plaats van wat u eerder goedvond voor ${ended(supplier)} Zegt u nee, dan verandert er niets.`,
  goesBack: (supplier: string) => `Na uw antwoord gaat u terug naar ${ended(supplier)}`,
}
