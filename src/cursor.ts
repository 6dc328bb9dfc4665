import { z } from '@hono/zod-openapi'

/**
 * A place in a list as clients get it: opaque, and worth nothing by itself, for every page is read within what its reader
 * may see.
 */
export function writeCursor(...place: string[]): string {
  return Buffer.from(JSON.stringify(place)).toString('base64url')
}

/** Takes a cursor that `writeCursor` made of as many parts as there are schemas, each checked. */
export function cursorOf<const Parts extends readonly z.ZodType<string>[]>(...parts: Parts) {
  const place = z.tuple(parts as unknown as [z.ZodType<string>, ...z.ZodType<string>[]])
  return z
    .string()
    .max(500)
    .transform((text, context): { [Part in keyof Parts]: z.infer<Parts[Part]> } => {
      const read = place.safeParse(parse(text))
      if (read.success) return read.data as { [Part in keyof Parts]: z.infer<Parts[Part]> }
      context.addIssue({ code: 'custom', message: 'is not a cursor of this list' })
      return z.NEVER
    })
    .openapi({ type: 'string', description: 'Where the last page ended: its next_cursor.' })
}

/** A place in a list that runs from the newest back: what follows is older, or as old with a smaller id. */
export interface PlaceInTime {
  at: Date
  id: string
}

function parse(text: string): unknown {
  try {
    return JSON.parse(Buffer.from(text, 'base64url').toString())
  } catch {
    return undefined
  }
}
