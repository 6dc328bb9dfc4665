import { z } from 'zod'

/** The supplier's own name for somebody or something: opaque, so nothing that reads as a name, an address or a mail. */
export const reference = z.string().regex(/^[A-Za-z0-9._~-]{1,64}$/)

/** The same in a form: what is around it by mistake is not of it. */
export const typedReference = z.string().trim().pipe(reference)
