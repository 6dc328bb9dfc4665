import { ended } from './ended.ts'

/** A school points families to a service, and hears nothing back. */
export const suggestionsNl = {
  nav: 'Tips aan ouders',
  title: 'Wijs ouders op een dienst',
  intro: 'U wijst ouders op een dienst die zij zelf kunnen kiezen. U vraagt niets. U hoort niet wie er iets mee doet.',
  none: 'U wijst ouders nu nergens op.',
  one: (service: string, company: string) => `${service}, van ${company}`,
  oneFrom: (service: string, company: string, age: string) => `${service}, van ${company} (vanaf ${age} jaar)`,
  until: (day: string) => `Te zien tot en met ${ended(day)}`,
  forGroups: (groups: string) => `Voor ${ended(groups)}`,
  over: 'Afgelopen',
  end: 'Haal deze tip weg',
  ended: 'De tip is weg.',
  made: 'Ouders zien deze tip nu als nieuws op hun eerste pagina. Daarna staat hij bij hun koppelcodes.',
  make: 'Nieuwe tip',
  noServices: 'Er is geen dienst die ouders zelf kunnen kiezen.',
  service: 'Welke dienst?',
  groups: 'Voor welke groepen?',
  groupsWrong: 'Kruis aan voor welke groepen.',
  words: 'Waarom wijst u hierop?',
  wordsHint: 'Ouders lezen dit. Maak geen reclame, en noem geen kinderen.',
  wordsWrong: 'Schrijf op waarom u hierop wijst. Reclame mag niet.',
  day: 'Tot en met welke dag?',
  dayWrong: 'Kies een dag die nog komt.',
  send: 'Laat dit aan ouders zien',
  noGroupName: 'zonder groep',
}
