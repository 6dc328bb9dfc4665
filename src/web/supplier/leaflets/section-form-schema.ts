import { z } from 'zod'
import { formToken } from '../../once-form.tsx'

/** A section's form as it comes in: its own fields are read by `typedIn`, which takes those it knows. */
export const sectionFormBody = z
  .object({ form: formToken, seen: z.string().max(64), go: z.enum(['next', 'more', 'back']).optional().default('next') })
  .catchall(z.union([z.string().max(10_000), z.array(z.string().max(100)).max(100)]))
