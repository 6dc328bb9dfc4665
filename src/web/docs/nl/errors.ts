import type { ErrorsWords } from '../errors.ts'

export const errorsWordsNl: ErrorsWords = {
  title: 'Elke fout, en wat u eraan doet',
  short: 'Fouten',
  lead: 'Een fout vertelt nooit of een leerling, een ouder of een aanvraag van een ander bestaat. Een programma let op de code, nooit op de zin.',
  status: 'Status',
  means: 'Wat het betekent',
  todo: 'Wat u doet',
  oauth: {
    heading: 'OAuth',
    text: 'Deze antwoorden zoals RFC 6749 wil: `error`, en een `error_description` voor wie het programma schrijft.',
    caption: 'Fouten van de OAuth-adressen',
  },
  holder: {
    heading: 'Bronnen met de kit',
    text: 'Problem details (RFC 9457) met `code`, en een `WWW-Authenticate` challenge die gewone programma’s lezen.',
    caption: 'Fouten van een bron',
  },
  rest: {
    heading: 'REST API en pagina’s',
    text: 'Problem details (RFC 9457) met een vaste `code`. Wat niet goed is opgeschreven komt als `input_invalid` met `errors`: de velden die niet kloppen, allemaal tegelijk, en nooit wat erin stond. Een kale 500 is onze fout en mag u opnieuw proberen. Zet `#p-` en een code achter het adres van deze pagina, dan komt u bij die code.',
    title: 'Titel in het antwoord',
    read: 'Wat het betekent, zoals iemand het leest',
    groups: {
      edge: 'Elke aanvraag',
      people: 'Mensen en leerlinglijsten',
      signIn: 'Inloggen',
      catalog: 'Leveranciers, diensten en programma’s',
      agreements: 'Contracten',
      consents: 'Rondes en toestemmingen',
      requests: 'Aanvragen en vrijgaven',
      grants: 'Sleutels, tokens en grants',
      cases: 'Rechten, dossiers en datalekken',
    },
  },
}
