import { type DocPage, heading, list, text } from '../block.ts'

export const withdrawalPageNl: DocPage = {
  path: '/docs/withdrawal',
  title: 'Hoe snel stoppen werkt',
  short: 'Stoppen',
  lead: 'Stopt iemand, dan komt er vanaf dat moment geen nieuw token. Een token dat er al is, werkt hoogstens nog tien minuten.',
  blocks: [
    {
      kind: 'table',
      caption: 'De beloofde tijd, geteld vanaf het moment dat iemand ziet dat het is gestopt',
      head: ['Waar', 'Binnen', 'Waarom'],
      rows: [
        {
          cells: [
            'Een nieuw token bij deze makelaar',
            'meteen',
            'Elk token kijkt opnieuw naar alles waarop het steunt, in één transactie met het stoppen.',
          ],
        },
        { cells: ['Introspection', 'meteen', 'Die kijkt naar hetzelfde.'] },
        {
          cells: ['De statuslijst', '60 seconden', 'Een lijst wordt gelezen op het moment van vragen, en mag 60 seconden worden gebruikt.'],
        },
        { cells: ['Overal, wat een bron ook doet', '10 minuten', 'Geen token leeft langer.'] },
        {
          cells: [
            'Berichten (sturen, ophalen) en `GET /v1/changes`',
            'zodra u bereikbaar bent',
            'Ze wachten en worden dagenlang opnieuw geprobeerd; waar ze over gaan, is al voorbij.',
          ],
        },
      ],
    },
    heading('ends', 'Waardoor een token nog meer eindigt'),
    list(
      'een nee van een andere ouder die meebeslist, of een antwoord dat per ongeluk is ingevoerd. Ook een stilstand op zestien jaar, als het bestuur daarvoor koos',
      'een vrijgave die de school terugneemt, een overeenkomst die eindigt, een opdracht aan de bron die eindigt',
      'een leerling die van school gaat, een begeleider die niet meer bij de leerling hoort',
      'een leverancier of bron die is geschorst',
    ),
    heading('had', 'Wat al was afgegeven'),
    text(
      'Gegevens die eerder naar buiten gingen, moet de ontvanger wissen. De makelaar maakt daar een plicht met een datum van en meldt die aan de leverancier. De ouder ziet wat er is afgegeven en of de plicht is bevestigd.',
    ),
  ],
}
