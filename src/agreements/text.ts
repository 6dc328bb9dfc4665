import { sha256 } from '../canonical.ts'
import { CATEGORIES, isCategory } from '../catalog/categories.ts'
import type { LeafletContent } from '../catalog/leaflet.ts'
import { purposeFor } from '../catalog/purposes.ts'
import { type Leaflet, leafletById, type Service, type Supplier, type SupplierParty, serviceById, supplierById } from '../catalog/store.ts'
import { amsterdamDay } from '../clock.ts'
import type { Tx } from '../database.ts'
import { schoolsWithBrin } from '../people/register.ts'
import { boardById } from '../people/store.ts'
import { Refusal } from '../refusal.ts'
import type { Agreement } from './agreement.ts'
import { supplierPartyIn } from './parties.ts'
import { servicesOfAgreement } from './store.ts'

/**
 * The text a signatory reads and signs, byte for byte, and its SHA-256 in hexadecimal. Made from the agreement's terms, its
 * services as accepted with the parts that are on, and their leaflets as they were published, so that it is the same
 * for as long as nothing of it changes. Of an agreement that was signed it is what was signed.
 */
export async function agreementText(tx: Tx, agreement: Agreement): Promise<{ text: string; hash: string }> {
  if ('signedText' in agreement) return { text: agreement.signedText, hash: Buffer.from(agreement.signedHash).toString('hex') }
  const board = await boardById(tx, agreement.boardId)
  const supplier = await supplierOf(tx, agreement)
  const lines = [
    kindOf(agreement),
    `Overeenkomst ${agreement.agreementId}`,
    '',
    `Schoolbestuur: ${[board.name, board.legalForm].filter(Boolean).join(', ')}, OIN ${board.oin}`,
    ...partyLines({ address: board.address, representative: board.representative }),
    `   Scholen: ${(await schoolsWithBrin(tx, agreement.boardId)).map(({ name, brin }) => `${name} (BRIN ${brin})`).join(', ')}`,
    `Leverancier: ${supplier.legalName}, ${supplier.country}`,
    ...partyLines(supplierPartyIn(agreement, supplier)),
    `Hoort bij: ${agreement.productAgreement}`,
    `Van ${amsterdamDay(agreement.startsAt)} tot en met ${amsterdamDay(new Date(agreement.endsAt.getTime() - 1))}`,
    `Bewaren: ${agreement.retention}`,
    ...(agreement.kind === 'controller'
      ? [`Grondslag leverancier: ${agreement.supplierBasis}`, `Grondslag schoolbestuur: ${agreement.boardBasis}`]
      : []),
    'De leverancier gebruikt de gegevens nooit voor reclame of ongevraagde aanbiedingen (convenant artikel 5.3) en geeft ze alleen',
    'in opdracht van het schoolbestuur aan anderen (convenant artikel 5.4).',
  ]
  for (const covered of (await servicesOfAgreement(tx, agreement.boardId, agreement.agreementId)).filter(({ addendumId }) => !addendumId)) {
    const service = await serviceById(tx, covered.serviceId)
    const leaflet = await leafletById(tx, covered.leafletId)
    if (!service || !leaflet) throw new Refusal('leaflet_not_found')
    lines.push(...annexLines(service, leaflet, covered.parts))
  }
  lines.push('', 'BIJLAGE 2: beveiliging')
  lines.push(
    ...Object.entries(agreement.security)
      .map(([what, measure]) => `- ${what}: ${String(measure)}`)
      .toSorted(),
  )
  lines.push('', 'BIJLAGE 3: afwijkingen van het model')
  lines.push(...agreement.deviations.map(({ article, text, motivation }) => `- Artikel ${article}: ${text} Motivering: ${motivation}`))
  if (agreement.deviations.length === 0) lines.push('Geen.')
  const text = `${lines.join('\n')}\n`
  return { text, hash: sha256(text).toString('hex') }
}

/** What an agreement calls itself. */
export function kindOf({ kind, modelVersion }: Pick<Agreement, 'kind' | 'modelVersion'>): string {
  return kind === 'processor'
    ? `VERWERKERSOVEREENKOMST, model ${modelVersion}`
    : 'OVEREENKOMST VOOR UITWISSELING TUSSEN VERWERKINGSVERANTWOORDELIJKEN'
}

export async function supplierOf(tx: Tx, { agreementId, supplierId }: Pick<Agreement, 'agreementId' | 'supplierId'>): Promise<Supplier> {
  const supplier = await supplierById(tx, supplierId)
  if (!supplier) throw new Error(`agreement ${agreementId} is with a supplier that is not there`)
  return supplier
}

/** Annex 1: a service with the leaflet that was published of it. */
export function annexLines(service: Service, leaflet: Leaflet, parts: string[]): string[] {
  const hash = Buffer.from(leaflet.contentHash).toString('hex')
  const heading = `BIJLAGE 1: ${service.name}, bijsluiter versie ${leaflet.version} (SHA-256 ${hash})`
  return ['', heading, ...leafletLines(leaflet.content, parts)]
}

/** What is known of a party besides its name (M01). */
function partyLines({ address, registration, representative }: Partial<SupplierParty>): string[] {
  return [
    ...(address ? [`   Gevestigd: ${address}`] : []),
    ...(registration ? [`   Ingeschreven onder: ${registration}`] : []),
    ...(representative ? [`   Vertegenwoordigd door: ${representative}`] : []),
  ]
}

/** Annex 1 of a contract: a leaflet from A to H, with the parts that are on. */
export function leafletLines(content: LeafletContent, parts: string[]): string[] {
  const word = (category: string) => (isCategory(category) ? CATEGORIES[category].nl : category)
  const { general, purposes, data, security, contact } = content
  const { research, anonymisation } = purposes
  return [
    `A. ${general.product}, ${general.processor}. ${general.explanation} ${general.link}`,
    `   Voor: ${general.audience.join(', ')}. Gebruikers: ${general.users.join(', ')}.`,
    ...content.parts.map(
      ({ partId, name, optional, explanation }) =>
        `B. [${parts.includes(partId) ? 'x' : ' '}] ${name} (${optional ? 'optioneel' : 'onlosmakelijk'}): ${explanation}`,
    ),
    `C. Soort ${purposes.kind}. ${purposes.plain}`,
    ...purposes.purposes.map((id) => `   ${id}: ${purposeFor(purposes.kind, id).nl}`),
    ...(research
      ? [
          `   Onderzoek in opdracht van het schoolbestuur: ${research.question} Door ${research.institution}, onderzoeker ${research.researcher}.`,
          `   Regels voor het onderzoek: ${research.rules}`,
        ]
      : []),
    ...(anonymisation ? [`   Zo worden gegevens anoniem gemaakt: ${anonymisation}`] : []),
    ...data.categories.map(({ category, why }) => `D. ${word(category)}: ${why}`),
    ...data.optional.map(({ category, why }) => `D. (optioneel) ${word(category)}: ${why}`),
    ...(data.incidental.length > 0 ? [`   Wordt ook vastgelegd: ${data.incidental.join(', ')}.`] : []),
    `   Profiel: ${data.profile ? 'ja' : 'nee'}. Beslist een computer: ${data.automatedDecision ? 'ja' : 'nee'}.`,
    `E. ${security.measures} Certificaten: ${security.certificates.join(', ') || 'geen'}. Opslag: ${security.storageCountries.join(', ')}.`,
    ...content.subprocessors.map(({ name, task, country }) => `F. ${name} (${country}): ${task}`),
    ...(content.subprocessors.length === 0 ? ['F. Geen subverwerkers.'] : []),
    `G. ${contact.name}, ${contact.email}`,
    `H. Laatst gewijzigd ${content.changed}`,
  ]
}
