import type { AdviceOf } from '../oauth-advice.ts'

export const adviceNl: AdviceOf = {
  oauth: {
    invalid_request: {
      means: 'Er ontbreekt iets in de aanvraag, het staat er twee keer, of het is niet zoals de standaard wil.',
      todo: 'Lees `error_description`: daar staat welke parameter.',
    },
    invalid_client: {
      means: 'De client assertion bewijst niet wie u bent.',
      todo: 'Kijk naar `aud` (de issuer, als tekst), `exp`, `kid`, en of de `jti` al eens is gebruikt. Is de sleutel nog aangemeld?',
    },
    invalid_grant: {
      means:
        'De code, het refresh token of de aanvraag is onbekend, gebruikt of verlopen. Of hij hoort bij een ander programma of een andere sleutel. Of waar hij voor stond, is gestopt.',
      todo: 'Begin opnieuw. Na het stoppen valt er niets te vernieuwen.',
    },
    unauthorized_client: {
      means: 'Dit programma is niet voor deze manier van werken aangemeld.',
      todo: 'Gebruik uw programma daarvoor, of meld er een aan.',
    },
    unsupported_grant_type: { means: 'Deze grant type bestaat hier niet.', todo: 'Zie `grant_types_supported` in de metadata.' },
    invalid_scope: {
      means: 'De scope is onbekend, of niet voor dit programma.',
      todo: 'Vraag de scope die bij de operatie in de API-referentie staat, en geen andere.',
    },
    temporarily_unavailable: { means: 'Te veel aanvragen.', todo: 'Wacht zo lang als `Retry-After` zegt.' },
    unsupported_response_type: { means: 'Alleen `code` kan.', todo: 'Vraag `response_type=code`.' },
    invalid_grant_id: {
      means: 'Deze grant bestaat niet, of is niet van u.',
      todo: 'Gebruik een `grant_id` die bij een token van dit programma kwam.',
    },
    invalid_request_object: {
      means: 'Het getekende verzoek is niet geldig.',
      todo: 'Teken het met een aangemelde sleutel, voor deze issuer, en stuur het één keer.',
    },
    invalid_target: {
      means: '`resource` is geen bron die hier bekend is, of niet die in `locations`.',
      todo: 'Gebruik de resource van de bron precies zoals die is aangemeld.',
    },
    invalid_authorization_details: {
      means:
        'Wat u vraagt is niet toegestaan, of niet goed opgeschreven. Is het niet toegestaan, dan is het antwoord altijd hetzelfde, zodat niemand hoort wie weigerde.',
      todo: 'Vergelijk de vorm met de snelle start. Klopt die, dan is het gestopt, voorbij of nooit vrijgegeven. Probeer het niet steeds opnieuw; wacht op een bericht.',
    },
    invalid_dpop_proof: {
      means: 'Het bewijs is niet voor deze aanvraag, is oud, is al gebruikt, of is met een andere sleutel getekend.',
      todo: 'Maak voor elke aanvraag een nieuw bewijs, met een klok die gelijkloopt.',
    },
    use_dpop_nonce: {
      means: 'Uw klok loopt niet gelijk. Daarom moet in het bewijs de nonce staan uit de header `DPoP-Nonce` van dit antwoord.',
      todo: 'Stuur de aanvraag opnieuw met een bewijs dat hem in `nonce` heeft; openid-client doet dat vanzelf. Zet daarna uw klok gelijk.',
    },
    invalid_redirect_uri: {
      means: 'Deze redirect URI kan niet worden aangemeld.',
      todo: 'Met https, volledig, zonder fragment, op uw eigen domein.',
    },
    invalid_client_metadata: {
      means: 'Zo kan de aanmelding niet.',
      todo: 'Lees `error_description`: daar staat wat er niet klopt en wat u doet.',
    },
    invalid_token: { means: 'Het token is onbekend, verlopen, gestopt, of niet voor deze resource.', todo: 'Haal een nieuw token.' },
    authorization_pending: { means: 'Er is nog geen antwoord.', todo: 'Vraag het na `interval` seconden opnieuw.' },
    slow_down: { means: 'U vraagt te vaak.', todo: 'Tel vijf seconden bij de tussentijd op.' },
    expired_token: { means: 'Er kwam niet op tijd een antwoord.', todo: 'Vraag het opnieuw, als daar aanleiding voor is.' },
    access_denied: {
      means: 'Het antwoord was nee, of wat u vroeg kon niet worden gevraagd.',
      todo: 'Vraag niet nog eens hetzelfde: dat wordt geweigerd.',
    },
    invalid_binding_message: {
      means: 'De herkenningstekst is te lang, of heeft tekens die iemand kunnen misleiden.',
      todo: 'Gebruik een paar gewone woorden.',
    },
  },
  holder: {
    token_missing: 'Lees `resource_metadata` in de challenge, en haal een token bij de makelaar die daar staat.',
    invalid_token: 'Haal een nieuw token. Is het gestopt, dan komt er geen.',
    invalid_dpop_proof: 'Maak een nieuw bewijs voor precies deze aanvraag.',
    invalid_request: 'Stuur `Authorization: DPoP`, en dan het token.',
    insufficient_scope: 'Vraag eerst deze gegevens; het token noemt ze niet.',
    broker_unavailable: 'Probeer het opnieuw: wat niet kan worden nagekeken, wordt geweigerd.',
  },
}
