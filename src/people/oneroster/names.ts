/** A name as the Dutch write it: "van der" before the family name, when there is one. */
export const withInfix = (infix: string, familyName: string) => [infix, familyName].filter(Boolean).join(' ')

/** Letters that are no letter with a sign on it, and stand for one where a system lacks them. */
const PLAIN: Record<string, string> = { ı: 'i', ø: 'o', ł: 'l', đ: 'd', ß: 'ss', æ: 'ae', œ: 'oe' }

/** What two spellings of one name have in common: no case, no accents, nothing between the letters. */
export const nameKey = (givenName: string, familyName: string) =>
  `${givenName}|${familyName}`
    .toLowerCase()
    .replace(/[ıøłđßæœ]/g, (letter) => PLAIN[letter]!)
    .normalize('NFD')
    .replace(/[^\p{L}\p{N}|]/gu, '')
