import type { DocWords } from '../block.ts'

export const overviewNl: DocWords = {
  title: 'Documentatie voor ontwikkelaars',
  short: 'Documentatie',
  lead: 'De makelaar is een OAuth 2.0 authorization server volgens FAPI 2.0: de bibliotheken die u hebt, werken ermee.',
  intro: 'Deze pagina’s zijn er in het Nederlands en het Engels. Code, namen in de interface en de API-referentie zijn in het Engels.',
  read: 'Wat u leest',
  api: '[API-referentie](/docs/api) (in het Engels): elke operatie, met parameters, antwoorden en schema’s. Het contract zelf is [openapi.json](/v1/openapi.json).',
  words: 'Vijf woorden',
  wordsList: [
    '**leverancier** (supplier): vraagt om gegevens. **bron** (holder): heeft de gegevens en geeft ze af op een token.',
    '**toestemming** (consent): het antwoord van een ouder, leerling of medewerker. **vrijgave** (release): de school geeft het door aan de leverancier.',
    '**grant**: wat staat zolang dat alles staat. Er wordt voor elk token opnieuw naar gekeken; het is nooit een opgeslagen ja.',
  ],
}
