/** Words that are Dutch and not English: a text of some length has one of them. */
const DUTCH =
  /(?<![\p{L}.-])(het|een|niet|geen|voor|wordt|wij|uw|deze|heeft|zijn|moet|kunt|van|er|aan|dat|ook|naar|je|uit|als|bent|staat|zelf|hier|bij|nog)(?![\p{L}-])/iu

/** Strings in a program of several words, of which one is Dutch and not English. */
export function dutchIn(code: string): string[] {
  const strings = code.replace(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/.*$/gm, '').matchAll(/'([^'\n]*)'|"([^"\n]*)"|`([^`]*)`/g)
  return Array.from(strings, ([, single, double, template]) =>
    (single ?? double ?? template ?? '').replaceAll('\\n', '\n').replace(/\$\{[^}]*\}/g, 'naam'),
  ).filter((said) => /\s/.test(said) && DUTCH.test(said))
}
