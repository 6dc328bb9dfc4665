/** What a school that does not exist says, and its contract: it has these words as another school has its own. */
export const SANDBOX = {
  boardName: (supplier: string) => `Oefenschool van ${supplier}`,
  productAgreement: 'Oefenovereenkomst',
  retention: 'Er zijn geen gegevens van echte mensen.',
  alternative: { nl: 'Dan gebeurt er niets.', en: 'Then nothing happens.' },
}
