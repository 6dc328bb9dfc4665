import { FIXED_ALG, KEY_KINDS, removeKey, rotateKey } from '../oauth/keys.ts'
import type { Command } from './command.ts'
import { oneOf } from './parts.ts'

export const keyCommands: Record<string, Command> = {
  'rotate-keys': {
    about: 'Makes the next signing keys; the ones before stay published for as long as what they signed lives',
    options: {
      kind: { takes: 'KIND', about: `${KEY_KINDS.join(', ')} (all when left out)`, optional: true },
      alg: { takes: 'ALG', about: 'EdDSA or ES256 (EdDSA when left out); of ID tokens each has a kind', optional: true },
    },
    run: async (deps, given) => {
      const kinds = given.is('kind') ? [oneOf('kind', given.one('kind'), KEY_KINDS)] : KEY_KINDS
      const alg = oneOf('alg', given.maybe('alg') ?? 'EdDSA', ['EdDSA', 'ES256'])
      const rotated = []
      for (const kind of kinds) rotated.push({ kind, ...(await rotateKey(deps, kind, { alg: FIXED_ALG[kind] ?? alg })) })
      return rotated
    },
  },
  'remove-key': {
    about: 'Takes a signing key out at once, when it may have leaked: everything it signed is worthless',
    options: { kid: { takes: 'KID', about: 'the key, as /jwks shows it' } },
    run: async (deps, given) => await removeKey(deps, given.one('kid')),
  },
}
