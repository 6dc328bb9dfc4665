/**
 * The media type to answer with (RFC 9110 §12.5.1): of those offered the one this Accept header rates highest, the first of
 * equals. Nothing when it takes none of them; without a header everything is taken.
 */
export function preferredType<T extends string>(header: string | undefined, offered: readonly T[]): T | undefined {
  const ranges = (header ?? '*/*').split(',').map(readRange)
  let best: { type: T; quality: number } | undefined
  for (const type of offered) {
    const [group] = type.split('/')
    // The most specific range decides, whatever a wider one says.
    const range = [type, `${group}/*`, '*/*'].map((name) => ranges.find((given) => given.name === name)).find(Boolean)
    const quality = range?.quality ?? 0
    if (quality > (best?.quality ?? 0)) best = { type, quality }
  }
  return best?.type
}

function readRange(text: string): { name: string; quality: number } {
  const [name = '', ...parameters] = text.split(';').map((part) => part.trim().toLowerCase())
  const weight = parameters.find((parameter) => parameter.startsWith('q='))
  const quality = weight === undefined ? 1 : Number(weight.slice(2))
  return { name, quality: quality >= 0 && quality <= 1 ? quality : 0 }
}
