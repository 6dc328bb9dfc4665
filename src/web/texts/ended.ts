/** A name at the end of a sentence: "Reken Plus B.V." brings its own full stop, also where it is kept apart (see `isolated`). */
export const ended = (name: string): string => (/\.\u2069?$/.test(name) ? name : `${name}.`)
