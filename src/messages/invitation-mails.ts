import type { MailWords } from './mail.ts'

/** Brings an invitation. It names no child and no question, and decides nothing by a link. */
export const INVITATION_MAIL: MailWords<[at: { issuer: string; boardName: string; code: string }]> = {
  nl: ({ issuer, boardName, code }) => ({
    subject: `Uitnodiging van ${boardName}`,
    text: `${boardName} nodigt u uit.

U kunt hier zien welke gegevens de school deelt, en zelf ja of nee zeggen.

1. Ga naar ${issuer}
2. Log in met dit e-mailadres. U krijgt dan een tijdelijke code om in te loggen.
3. Vul daarna deze uitnodigingscode in:

${code}

De uitnodiging werkt 30 dagen, één keer, en alleen met dit e-mailadres. Geef de code aan niemand anders.
`,
  }),
  en: ({ issuer, boardName }) => ({
    subject: `Invitation from ${boardName}`,
    text: `${boardName} invites you.

Here you can see which data the school shares, and say yes or no yourself. Go to ${issuer}, sign in with this e-mail
address, and then enter the invitation code above. It works for 30 days, once, and only with this address.
`,
  }),
}

/** Invites somebody to work for a supplier. */
export const MEMBER_INVITATION_MAIL: MailWords<[at: { issuer: string; supplierName: string; code: string }]> = {
  nl: ({ issuer, supplierName, code }) => ({
    subject: `Uitnodiging van ${supplierName}`,
    text: `${supplierName} nodigt u uit om voor de organisatie te werken met de toestemmingsmakelaar.

1. Ga naar ${issuer}/supplier/join
2. Log in met dit e-mailadres. U krijgt dan een tijdelijke code om in te loggen.
3. Vul daarna deze uitnodigingscode in:

${code}

De uitnodiging werkt 14 dagen, één keer, en alleen met dit e-mailadres. Geef de code aan niemand anders.
`,
  }),
  en: ({ issuer, supplierName }) => ({
    subject: `Invitation from ${supplierName}`,
    text: `${supplierName} invites you to work for it here. Go to ${issuer}/supplier/join, sign in with this e-mail address, and then
enter the invitation code above. It works for 14 days, once, and only with this address.
`,
  }),
}

/** To whose account lost a person. It names nobody but the school. */
export const RELEASED_MAIL: MailWords<[at: { issuer: string; boardName: string }]> = {
  nl: ({ issuer, boardName }) => ({
    subject: `Uw account is losgemaakt van ${boardName}`,
    text: `${boardName} heeft uw account losgemaakt.

Dat gebeurt als u zelf zei dat u niet meer kunt inloggen. U krijgt dan een nieuwe uitnodiging of een brief met een code.
Wat u eerder antwoordde, blijft staan.

Vroeg u dit niet? Bel dan meteen de school. U leest het ook na het inloggen op ${issuer}
`,
  }),
  en: ({ issuer, boardName }) => ({
    subject: `Your account was released from ${boardName}`,
    text: `${boardName} has released your account. That is done when you said that you can no longer sign in. You then get a new
invitation, or a letter with a code. What you answered before stands.

Did you not ask for this? Then call the school at once. You also read it after signing in at ${issuer}
`,
  }),
}
