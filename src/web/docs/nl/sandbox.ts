import { code, type DocPage, heading, list, text } from '../block.ts'
import { sandboxCode } from '../sandbox-code.ts'

export const sandboxPageNl: DocPage = {
  path: '/docs/sandbox',
  title: 'De oefenomgeving',
  short: 'Oefenomgeving',
  lead: 'Een school die niet bestaat, met leerlingen van wie de ouders volgens vaste regels antwoorden. Alles gaat zoals in het echt, en niets is echt.',
  blocks: [
    heading('make', 'Zo maakt u haar'),
    list(
      'Iemand met de rol ontwikkelaar maakt haar op de leverancierspagina’s, onder Oefenomgeving. Die pagina toont alle nummers die een programma nodig heeft.',
      'Meld daar een programma aan “alleen in de oefenomgeving”. Het werkt in uw oefenomgeving en nergens anders, en geen ander programma van u komt erin. Sleutels, grenzen en aanvragen werken als bij elk programma.',
      'Uw diensten staan er als kopie met hun nieuwste bijsluiter (uitleg), onder eigen nummers. Hebt u er nog geen, dan is er een om mee te proberen. Er loopt een overeenkomst met alle delen aan.',
      'De bron van de oefenomgeving heeft verzonnen gegevens van elke soort, op `GET {resource}{data set}`. Zij gebruikt de holder kit en vraagt elk token na: wat stopt, is meteen gestopt.',
    ),
    heading('pupils', 'De leerlingen'),
    {
      kind: 'table',
      caption: 'Wat de ouders doen',
      head: ['Leerling', 'Gevraagd via de school, of met een koppelcode', 'Op uw eigen site (redirect)'],
      rows: [
        { cells: ['Jada Altijd-Ja', 'ja', 'ja: een code'] },
        { cells: ['Nina Altijd-Nee', 'nee', 'nee: `access_denied`'] },
        {
          cells: ['Coen Oneens', 'de ene ouder ja, de andere nee: er komt niets vrij', 'een code die op niets uitloopt (`invalid_grant`)'],
        },
        { cells: ['Lotte Langzaam', 'ja, na drie minuten', 'ja: een code'] },
        {
          cells: [
            'Sam Stopt-Later',
            'ja, en drie minuten later stopt de ouder: het token eindigt, en er is een plicht om te wissen',
            'ja: een code',
          ],
        },
      ],
    },
    text(
      'Noem een leerling in een aanvraag met naam of ECK iD als aanwijzing, of laat de school ze allemaal kiezen. Wie de school niet vindt, valt af. Waar het op mensen aankomt, duurt het hier seconden. Alle regels gelden zoals elders: wie nee zei, krijgt niet nog eens dezelfde vraag, tot u opnieuw begint.',
    ),
    heading('code', 'De hele ronde in één bestand'),
    text('Neem `connect.mjs` uit de [snelle start voor leveranciers](/docs/supplier). De nummers staan op de pagina van uw oefenomgeving:'),
    code(sandboxCode, 'sandbox.mjs'),
    text(
      'Voor CIBA maakt u op de pagina een koppelcode en gebruikt u die als `login_hint`. Voor de redirect stuurt u een browser erheen: niemand logt in, u kiest een leerling.',
    ),
    heading('reset', 'Opnieuw beginnen'),
    text(
      'De knop op de pagina zet een nieuwe school in de plaats van de oude. Aanvragen, antwoorden, codes en tokens van daarvoor zijn weg; adressen, diensten en programma’s blijven. Niemand krijgt ooit een mail, en geen echte school, ouder, lijst of teller weet ervan.',
    ),
  ],
}
