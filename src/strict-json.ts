/** Deeper than any body we take; a stack of brackets stops here. */
const DEEPEST = 32

/**
 * Parses JSON as strictly as a signed or audited body deserves: no key twice in one object, no `__proto__`,
 * `constructor` or `prototype` as a key, at most 32 levels deep, and nothing in a text
 * that PostgreSQL cannot keep: no NUL, no half of a character. Readers that disagree on a doubled key could be made
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
  let lastString = ''
  for (const [token] of text.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]:]/g)) {
    if (token === '{' || token === '[') {
      if (objects.push(token === '{' ? new Set() : undefined) > DEEPEST) throw new SyntaxError('is nested too deeply')
    } else if (token === '}' || token === ']') {
      objects.pop()
    } else if (token === ':') {
      addKey(objects.at(-1), JSON.parse(lastString) as string)
    } else {
      if (/\\u(?:0000|d)/i.test(token)) mustBeKeepable(JSON.parse(token) as string)
      lastString = token
    }
  }
}

function mustBeKeepable(text: string) {
  if (text.includes('\0')) throw new SyntaxError('has a NUL character in it')
  if (!text.isWellFormed()) throw new SyntaxError('has half a character in it')
}

function addKey(keys: Set<string> | undefined, key: string) {
  if (key === '__proto__' || key === 'constructor' || key === 'prototype') throw new SyntaxError('has a key that is not allowed')
  if (keys?.has(key)) throw new SyntaxError('has a key twice in one object')
  keys?.add(key)
}
