import { code, type DocPage, heading, list, text } from '../block.ts'
import { conformanceCode, holderCode, installCode } from '../holder-code.ts'

export const quickStartHolderNl: DocPage = {
  path: '/docs/holder',
  title: 'Snelle start voor bronnen',
  short: 'Bronnen',
  lead: 'Een uitgever of administratiesysteem dat gegevens afgeeft op tokens van deze makelaar, met de holder kit.',
  blocks: [
    heading('before', 'Voordat u begint'),
    list(
      'De beheerder van de makelaar meldt u aan als bron: uw resource (het adres waarvoor uw tokens zijn), uw eerste gegevens, en een programma met uw openbare sleutel. Een ontwikkelaar van u voegt gegevens toe en zegt waar die te lezen zijn, op de leverancierspagina’s.',
      'Een bestuur dat u laat afgeven, tekende een overeenkomst met u, met een opdracht per soort gegevens.',
      'Node 24 of nieuwer. De kit zelf heeft alleen `jose` nodig, en werkt ook in een gewone fetch handler op Workers, Deno en Bun.',
    ),
    heading('install', 'De kit installeren'),
    text('Deze makelaar geeft de kit van zijn eigen versie als pakket. Voor npm en npx is het een pakket als elk ander:'),
    code(installCode),
    text(
      'Het pakket staat in geen openbaar register. Een makelaar op Workers heeft geen bestand om te geven en antwoordt 404. Dan maakt de beheerder het bestand met `npm pack`. U noemt dat bestand in plaats van het adres.',
    ),
    heading('serve', '1. Gegevens afgeven'),
    text(
      'De kit controleert token en bewijs, kijkt of het token is gestopt, en vertelt voor wie en waarvoor het is. Met `entryFor` stelt u de ene vraag die van u is: mogen deze gegevens van deze leerling naar buiten?',
    ),
    code(holderCode, 'publisher.ts'),
    heading('try', '2. Proberen, voordat er gegevens van leerlingen naar buiten gaan'),
    text(
      'De conformance kit is tijdens de proef zelf een makelaar. Hij speelt goede en slechte leveranciers bij uw bron, en zegt bij elke fout wat u eraan doet. Hij eindigt met 0 als alles goed is, en anders met 1. Zo past hij in uw build.',
    ),
    code(conformanceCode),
    heading('formats', '3. Kiezen hoe u tokens krijgt'),
    list(
      '`jwt`: getekend. U controleert het zelf; de leverancier die het draagt, kan het lezen.',
      '`jwe`: bovendien versleuteld naar een sleutel van u. Alleen u kunt uw pseudoniemen lezen.',
      '`opaque`: er staat niets in. U vraagt bij elke aanvraag na.',
      'Een einde vindt u in de getekende statuslijst, binnen een minuut en zonder vragen. Of door introspection: meteen, met een getekend antwoord dat u als bewijs kunt bewaren.',
      'Een technicus van u kiest beide, en de sleutel, op de pagina’s voor leveranciers. Daar staat ook hoe u de kit ervoor instelt.',
    ),
    text(
      'Zonder de kit: RFC 9068, 9449, 9396, Token Status List, RFC 7662 en 9701, RFC 9728. De conformance kit vraagt van iedereen hetzelfde.',
    ),
  ],
}
