/** On the reference, which is in English, for who reads the rest of the documentation in Dutch. */
export const apiInEnglishNl = 'Deze pagina is alleen in het Engels. Het contract waar zij uit komt, is dat ook.'
