import { decodeJwt, decodeProtectedHeader } from 'jose'

/** What a token says, for reading. Verified by nobody here. */
export const decoded = (token: string): object => ({ header: decodeProtectedHeader(token), claims: decodeJwt(token) })
