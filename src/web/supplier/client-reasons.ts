import type { Messages } from '../texts/shape.ts'

/** An error code as somebody reads it: of an OAuth endpoint, else of the rest. */
export function whyIn({ machine, errors }: Messages, code: string): string {
  const all: Record<string, string> = { ...errors.refusals, ...machine.oauth }
  return all[code] ?? machine.unexpected
}
