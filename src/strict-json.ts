/** Deeper than any body we take; a stack of brackets stops here. */
const DEEPEST = 32

/**
 * Parses JSON as strictly as a signed or audited body deserves: no key twice in one object, no `__proto__`,
 * `constructor` or `prototype` as a key, at most 32 levels deep. Readers that disagree on a doubled key could be made
 * to see different requests (RFC 8259 §4).
 *
 * @throws SyntaxError whose message never repeats the input
 */
export function parseStrictJson(text: string): unknown {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    throw new SyntaxError('is not JSON')
  }
  mustHaveHonestKeys(text)
  return value
}

/** Walks the tokens of a text that is known to be JSON. */
function mustHaveHonestKeys(text: string) {
  const objects: (Set<string> | undefined)[] = []
  for (const { 0: token, index } of text.matchAll(/"(?:[^"\\]|\\.)*"|[{}[\]]/g)) {
    if (token === '{' || token === '[') {
      if (objects.push(token === '{' ? new Set() : undefined) > DEEPEST) throw new SyntaxError('is nested too deeply')
    } else if (token === '}' || token === ']') {
      objects.pop()
    } else if (/^\s*:/.test(text.slice(index + token.length, index + token.length + 64))) {
      addKey(objects.at(-1), JSON.parse(token) as string)
    }
  }
}

function addKey(keys: Set<string> | undefined, key: string) {
  if (key === '__proto__' || key === 'constructor' || key === 'prototype') throw new SyntaxError('has a key that is not allowed')
  if (keys?.has(key)) throw new SyntaxError('has a key twice in one object')
  keys?.add(key)
}
