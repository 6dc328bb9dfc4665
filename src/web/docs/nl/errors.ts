import type { ErrorsWords } from '../errors.ts'

export const errorsWordsNl: ErrorsWords = {
  title: 'Elke fout, en wat u eraan doet',
  short: 'Fouten',
  lead: 'Een fout vertelt nooit of een leerling, een ouder of een aanvraag van een ander bestaat. Een programma let op de code, nooit op de zin.',
  code: 'Code',
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
    text: 'Problem details (RFC 9457) met een vaste `code`. Wat niet goed is opgeschreven komt als `input_invalid` met `errors`: de velden die niet kloppen, allemaal tegelijk, en nooit wat erin stond. Een kale 500 is onze fout en mag u opnieuw proberen.',
    title: 'Titel in het antwoord',
    read: 'Wat het betekent, zoals iemand het leest',
    captionOf: (status, count) => (count === 1 ? `Status ${status}: één code` : `Status ${status}: ${count} codes`),
  },
}
