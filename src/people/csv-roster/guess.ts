import { type CsvField, FIELDS, MOST_GUARDIANS, OF_GUARDIAN } from './fields.ts'

/** How Dutch systems call their columns, without case, spaces and signs. */
const NAMES: Partial<Record<CsvField, string[]>> = {
  number: ['leerlingnummer', 'stamnummer', 'leerlingid', 'nummer', 'id', 'leerlingnr', 'personeelsnummer', 'medewerkernummer'],
  given: ['roepnaam', 'voornaam', 'voornamen', 'naamroepnaam'],
  infix: ['tussenvoegsel', 'voorvoegsel', 'tussenvoegsels'],
  family: ['achternaam', 'familienaam', 'geslachtsnaam'],
  email: ['email', 'emailadres', 'mail', 'mailadres', 'emailleerling'],
  phone: ['telefoon', 'telefoonnummer', 'mobiel'],
  birth: ['geboortedatum', 'gebdatum', 'geboren'],
  eck: ['eckid', 'ketenid'],
  school: ['brin', 'brincode', 'brinnummer', 'vestiging', 'vestigingsnummer'],
  group: ['groep', 'klas', 'stamgroep', 'groepsnaam', 'stamklas'],
  first: ['inschrijfdatum', 'datuminschrijving', 'begindatum', 'datumindienst'],
  last: ['uitschrijfdatum', 'datumuitschrijving', 'einddatum', 'datumuitdienst'],
  job: ['functie', 'rol', 'functienaam'],
}
const GUARDIAN: Record<(typeof OF_GUARDIAN)[number], string[]> = {
  id: ['nummer', 'id', 'relatienummer'],
  given: ['voornaam', 'roepnaam', 'voorletters'],
  infix: ['tussenvoegsel', 'voorvoegsel'],
  family: ['achternaam', 'naam', 'familienaam'],
  email: ['email', 'emailadres', 'mail', 'mailadres'],
  phone: ['telefoon', 'telefoonnummer', 'mobiel', 'telefoonmobiel'],
  kind: ['relatie', 'soort', 'rol', 'type'],
  authority: ['gezag', 'ouderlijkgezag', 'heeftgezag', 'wettelijkvertegenwoordiger', 'metgezag'],
}
const WHO = ['ouder', 'verzorger', 'ouderverzorger', 'contact', 'contactpersoon', 'voogd']

const bare = (name: string) =>
  name
    .normalize('NFD')
    .replaceAll(/[^\p{L}\p{N}]/gu, '')
    .toLowerCase()

/** Which columns are probably what, for somebody to look over; each column once. */
export function guessColumns(header: readonly string[], about: 'pupils' | 'staff'): Partial<Record<CsvField, string>> {
  const byName = new Map(header.map((name) => [bare(name), name]))
  const guessed: Partial<Record<CsvField, string>> = {}
  const take = (field: CsvField, names: readonly string[]) => {
    const found = names.find((name) => byName.has(name))
    if (!found || !FIELDS[about].includes(field)) return
    guessed[field] = byName.get(found)!
    byName.delete(found)
  }
  for (let nr = 1; nr <= MOST_GUARDIANS; nr += 1) {
    for (const field of OF_GUARDIAN) {
      const names = GUARDIAN[field].flatMap((name) =>
        WHO.flatMap((who) => [`${who}${nr}${name}`, `${name}${who}${nr}`, `${who}${name}${nr}`]),
      )
      take(`g${nr}.${field}`, names)
    }
  }
  for (const [field, names] of Object.entries(NAMES) as [CsvField, string[]][]) take(field, names)
  return guessed
}
