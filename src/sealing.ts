import { CompactEncrypt, compactDecrypt } from 'jose'

/**
 * Encrypts what must not be readable in the database (private keys, mails) under the broker's secret.
 * A compact JWE, direct A256GCM. `context` stands in the protected header: a value sealed for one thing opens for no other.
 */
export async function seal(secret: string, context: string, plain: string): Promise<string> {
  return await new CompactEncrypt(new TextEncoder().encode(plain))
    .setProtectedHeader({ alg: 'dir', enc: 'A256GCM', ctx: context })
    .encrypt(Buffer.from(secret, 'base64url'))
}

/** @throws Error when the secret or the context is another one, or the text was changed */
export async function unseal(secret: string, context: string, sealed: string): Promise<string> {
  const { plaintext, protectedHeader } = await compactDecrypt(sealed, Buffer.from(secret, 'base64url'), {
    keyManagementAlgorithms: ['dir'],
    contentEncryptionAlgorithms: ['A256GCM'],
  })
  if (protectedHeader.ctx !== context) throw new Error('sealed for something else')
  return new TextDecoder().decode(plaintext)
}
