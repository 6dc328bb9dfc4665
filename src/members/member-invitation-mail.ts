/** The mail that invites somebody to work for a supplier here, in Dutch and English. */
export function memberInvitationMail({ issuer, supplierName, code }: { issuer: string; supplierName: string; code: string }): {
  subject: string
  text: string
} {
  return {
    subject: `Uitnodiging van ${supplierName}`,
    text: `${supplierName} nodigt u uit om voor de organisatie te werken met de toestemmingsmakelaar.

1. Ga naar ${issuer}/supplier/join
2. Log in met dit e-mailadres. U krijgt dan een tijdelijke code om in te loggen.
3. Vul daarna deze uitnodigingscode in:

${code}

De uitnodiging werkt 14 dagen, één keer, en alleen met dit e-mailadres. Geef de code aan niemand anders.

---

${supplierName} invites you to work for it here. Go to ${issuer}/supplier/join, sign in with this e-mail address, and then
enter the invitation code above. It works for 14 days, once, and only with this address.
`,
  }
}
