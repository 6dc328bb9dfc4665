/** The mail to whose account lost a person, in Dutch and English. It names nobody but the school. */
export function releasedMail({ issuer, boardName }: { issuer: string; boardName: string }): { subject: string; text: string } {
  return {
    subject: `Uw account is losgemaakt van ${boardName}`,
    text: `${boardName} heeft uw account losgemaakt.

Dat gebeurt als u zelf zei dat u niet meer kunt inloggen. U krijgt dan een nieuwe uitnodiging of een brief met een code.
Wat u eerder antwoordde, blijft staan.

Vroeg u dit niet? Bel dan meteen de school. U leest het ook na het inloggen op ${issuer}

---

${boardName} has released your account. That is done when you said that you can no longer sign in. You then get a new
invitation, or a letter with a code. What you answered before stands.

Did you not ask for this? Then call the school at once. You also read it after signing in at ${issuer}
`,
  }
}
