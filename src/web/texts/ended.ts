/** A name at the end of a sentence: "Reken Plus B.V." brings its own full stop. */
export const ended = (name: string): string => (name.endsWith('.') ? name : `${name}.`)
