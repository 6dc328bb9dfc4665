import { Refusal } from '../refusal.ts'

/** The types of `authorization_details` (RFC 9396) that there are. */
export const DETAIL_TYPES = ['pupil-data'] as const

/**
 * The types that a client is limited to, as they are kept. None is a limit too: such a client gets no data of anybody.
 *
 * @param types null or absent for any
 * @throws Refusal `input_invalid` for a type that there is not
 */
export function detailTypes(types: readonly string[] | null | undefined): string[] {
  if (types?.some((type) => !DETAIL_TYPES.some((known) => known === type))) throw new Refusal('input_invalid', { fields: ['types'] })
  return [...new Set(types ?? DETAIL_TYPES)]
}
