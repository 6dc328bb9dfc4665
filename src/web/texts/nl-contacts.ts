/** How staff reach a family, and nothing else about it. */
export const contactsNl = {
  nav: 'Wie bellen?',
  title: 'Wie kunt u bellen?',
  intro: 'Zoek een leerling op naam of groep. U ziet hoe u de ouders bereikt, en verder niets.',
  find: 'Naam of groep van de leerling',
  look: 'Zoek',
  none: 'Er is niemand gevonden.',
  most: 'Er zijn er meer. Zoek met nog een woord.',
  nobody: 'Van deze leerling weten we niet wie u kunt bellen.',
  themselves: 'De leerling zelf',
  unknown: 'geen nummer en geen e-mailadres bekend',
}
