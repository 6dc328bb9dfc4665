/**
 * The last day of a certificate, where what the supplier wrote ends with one (M13): `ISO 27001, 2027-03-01` or `NEN 7510 (tot 1-3-2027)`.
 *
 * @returns undefined where it does not, or for a day that there is not
 */
export function lastDayOf(certificate: string): string | undefined {
  const { year, month, day } = (ISO.exec(certificate) ?? DUTCH.exec(certificate))?.groups ?? {}
  if (!year || !month || !day) return undefined
  const written = `${year}-${month.padStart(2, '0')}-${day.padStart(2, '0')}`
  const at = new Date(`${written}T00:00:00Z`)
  return Number.isNaN(at.getTime()) || at.toISOString().slice(0, 10) !== written ? undefined : written
}

const ISO = /(?<![\d-])(?<year>20\d\d)-(?<month>\d\d)-(?<day>\d\d)\)?\.?\s*$/
const DUTCH = /(?<![\d-])(?<day>\d{1,2})-(?<month>\d{1,2})-(?<year>20\d\d)\)?\.?\s*$/

/** The last day that all of them are good; undefined when none says how long it is. */
export function allGoodUntil(certificates: readonly string[]): string | undefined {
  return certificates.flatMap((certificate) => lastDayOf(certificate) ?? []).toSorted()[0]
}
