import { type DocPage, heading, list, text } from '../block.ts'

export const eventsPageNl: DocPage = {
  path: '/docs/events',
  title: 'Horen wat er gebeurde',
  short: 'Berichten',
  lead: 'Getekende berichten (SET, RFC 8417) over wat is vrijgegeven, veranderd, gestopt, geëindigd en te wissen: naar u toe gestuurd, of door u opgehaald.',
  blocks: [
    list(
      'Open een stroom met `POST /v1/event-streams`: gestuurd (RFC 8935) naar een https-adres van u, of opgehaald (RFC 8936). Een stroom kunt u beperken tot doelen.',
      'Controleer elk bericht als een JWT: `typ` secevent+jwt, `iss` deze makelaar, `aud` uw client id, `jti` één keer. Er staan geen persoonsgegevens in, alleen uw eigen pseudoniemen en kenmerken.',
      'Berichten over één leerling komen op volgorde. Wat niet aankomt, proberen wij dagenlang opnieuw, met steeds langere pauzes. Het houdt alleen die ene leerling op.',
      'Wat drie dagen lang niet aankwam, of wat u vijf keer fout noemde, leggen wij apart. Het houdt zijn plaats: wat daarna met dezelfde leerling gebeurt, wacht erachter. Zo komt er nooit iets in de verkeerde volgorde.',
      'Wat apart ligt, ziet u op de leverancierspagina’s of met `GET /v1/event-streams/{id}/events?state=laid_aside`. Stuur het opnieuw met de knop of met `POST /v1/event-streams/{id}/retry`: het komt eerst, en wat wachtte volgt op volgorde. Hebt u het niet nodig, sla het dan over met `POST /v1/event-streams/{id}/skip`. Na negentig dagen vervalt het vanzelf.',
      'Een bericht kan twee keer komen: dat ziet u aan `jti`. `sequence` staat naast `approach` en telt per leerling op binnen één aanpak. Uw filter, en wat u overslaat, laat nummers weg.',
      '“Aangekomen” (delivered) betekent dat u het aannam. “Gedaan” (done) betekent dat u deed wat het vraagt, zoals wissen: meld dat met `POST /v1/event-streams/{id}/done`.',
    ),
    heading('without', 'Zonder stroom'),
    text('`GET /v1/changes` geeft hetzelfde, het oudste eerst, met een cursor die u bewaart. Er wordt nooit iets overgeslagen.'),
  ],
}
