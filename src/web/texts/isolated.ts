/** A name in a sentence that runs the other way: it keeps its own direction, and so does the sentence (Unicode UAX 9, FSI and PDI). */
export function isolated(name: string): string {
  return `\u2068${name}\u2069`
}
