/** What a school that does not exist says, and its contract: it has these words as another school has its own. */
export const SANDBOX = {
  boardName: (supplier: string) => `Oefenschool van ${supplier}`,
  productAgreement: 'Oefenovereenkomst',
  board: { legalForm: 'stichting', address: 'Oefenweg 1, 9999 ZZ Voorbeeld', representative: 'Kim Oefenbestuur, bestuurder' },
  supplierParty: { address: 'Oefenweg 2, 9999 ZZ Voorbeeld', registration: 'KvK 99999999', representative: 'de directeur' },
  retention: 'Er zijn geen gegevens van echte mensen.',
  alternative: { nl: 'Dan gebeurt er niets.', en: 'Then nothing happens.' },
}
