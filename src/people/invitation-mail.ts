/** The mail that carries an invitation, in Dutch and English. It names no child and no question, and decides nothing by a link. */
export function invitationMail({ issuer, boardName, code }: { issuer: string; boardName: string; code: string }): {
  subject: string
  text: string
} {
  return {
    subject: `Uitnodiging van ${boardName}`,
    text: `${boardName} nodigt u uit.

U kunt hier zien welke gegevens de school deelt, en zelf ja of nee zeggen.

1. Ga naar ${issuer}
2. Log in met dit e-mailadres. U krijgt dan een tijdelijke code om in te loggen.
3. Vul daarna deze uitnodigingscode in:

${code}

De uitnodiging werkt 30 dagen, één keer, en alleen met dit e-mailadres. Geef de code aan niemand anders.

---

${boardName} invites you.

Here you can see which data the school shares, and say yes or no yourself. Go to ${issuer}, sign in with this e-mail
address, and then enter the invitation code above. It works for 30 days, once, and only with this address.
`,
  }
}
