import { ACCESS_TOKENS } from './of-access-tokens.ts'
import { DIRECTLY } from './of-ciba.ts'
import { CLIENTS } from './of-clients.ts'
import { CODES } from './of-codes.ts'
import { DPOP } from './of-dpop.ts'
import { ENDINGS } from './of-endings.ts'
import { REQUESTS } from './of-requests.ts'
import type { Vector } from './vector.ts'

/** What must be refused and what must not, each with the section that says so. JWTs of another kind are in `kinds.test.ts`. */
export const VECTORS: readonly Vector[] = [...CLIENTS, ...DPOP, ...REQUESTS, ...DIRECTLY, ...CODES, ...ACCESS_TOKENS, ...ENDINGS]
