import type { Language } from '../../accounts/sessions.ts'
import { en } from './en.ts'
import { nl } from './nl.ts'
import type { Messages } from './shape.ts'

export const messages: Record<Language, Messages> = { nl, en }
