/** The European Economic Area: the European Union, Iceland, Liechtenstein and Norway. */
const EEA = new Set('AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK'.split(' '))

/** Of these countries those outside the European Economic Area, each once, in order (M18). */
export const outsideEea = (countries: readonly string[]): string[] => [...new Set(countries.filter((country) => !EEA.has(country)))].sort()
