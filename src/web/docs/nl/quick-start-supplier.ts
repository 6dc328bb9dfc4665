import { code, type DocPage, heading, list, text } from '../block.ts'
import { askCode, askDirectlyCode, collectCode, connectCode } from '../supplier-code.ts'

export const quickStartSupplierNl: DocPage = {
  path: '/docs/supplier',
  title: 'Snelle start voor leveranciers',
  short: 'Leveranciers',
  lead: 'Van een aangemeld programma naar de gegevens van één leerling, met openid-client en zonder iets van ons.',
  blocks: [
    heading('before', 'Voordat u begint'),
    list(
      'Een programma (client). Iemand met de rol ontwikkelaar meldt het aan op de leverancierspagina’s van deze makelaar. Of uw software doet dat zelf met een uitnodiging (`POST /register`). Bewaar de geheime sleutel; de makelaar heeft alleen de openbare helft.',
      'Een dienst met een gepubliceerde bijsluiter (uitleg), en een overeenkomst met het schoolbestuur. Dat regelt iemand met de rol contracten.',
      'Eerst proberen? Dat kan in [de oefenomgeving](/docs/sandbox), een school die niet bestaat.',
      'Node 24, en `npm install openid-client`. Elke andere OAuth-bibliotheek die `private_key_jwt`, DPoP en `authorization_details` kent, werkt ook.',
    ),
    heading('connect', '1. Verbinden'),
    text(
      'De makelaar vertelt over zichzelf op `/.well-known/oauth-authorization-server`. U bewijst wie u bent met een getekende assertion. Elk token is gebonden aan een sleutel van uw proces.',
    ),
    code(connectCode, 'connect.mjs'),
    heading('ask', '2. De school vragen'),
    text(
      'Noem elke leerling met een kenmerk van uzelf, en een aanwijzing waarmee de school de leerling vindt. Een aanvraag noemt gegevens, een doel, een einde, een aanleiding en een reden. Ontbreekt er iets, dan heeft elk gemis zijn eigen [fout](/docs/errors).',
    ),
    code(askCode, 'ask.mjs'),
    text(
      'Nu beslissen mensen. Volg de aanvraag met `GET /v1/access-requests/{id}`, of krijg [berichten](/docs/events). U hoort nooit wie weigerde of waarom.',
    ),
    heading('collect', '3. Ophalen, op het moment dat u het nodig hebt'),
    code(collectCode, 'collect.mjs'),
    heading('directly', 'Of vraag het een ouder zelf'),
    text(
      'Sommige ouders geven u een koppelcode. Dan is er geen school nodig: dit vraagt de ouder, wacht op het antwoord en haalt op. Er is een programma voor rechtstreeks vragen voor nodig.',
    ),
    code(askDirectlyCode, 'ask-directly.mjs'),
    heading('stop', 'Als een ouder het stopt'),
    text(
      'Een nieuw token wordt meteen geweigerd, en een token dat er al is stopt [binnen de beloofde tijd](/docs/withdrawal). Wat u al hebt, wist u: daarvoor staat een plicht in `GET /v1/duties`, met een datum.',
    ),
  ],
}
