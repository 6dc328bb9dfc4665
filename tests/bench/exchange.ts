import { createHash } from 'node:crypto'

/** What a code is exchanged with, here and at the peer. */
export const RESOURCE = 'https://api.rekenrijk.example/'
export const REDIRECT_URI = 'https://rekenplus.example/terug'
export const VERIFIER = 'dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk'
export const CHALLENGE = createHash('sha256').update(VERIFIER).digest('base64url')
