/** Where pictures leave the European Economic Area by being put there: the company behind it is established elsewhere. */
export interface SocialMedium {
  name: string
  company: string | null
  /** ISO 3166 code of where the company is established. */
  country: string
}

/** Long names also inside other words, as in "facebookpagina". */
const PLATFORMS: [RegExp, SocialMedium][] = [
  [/facebook|\bfb\b/i, { name: 'Facebook', company: 'Meta', country: 'US' }],
  [/insta/i, { name: 'Instagram', company: 'Meta', country: 'US' }],
  [/whats?app/i, { name: 'WhatsApp', company: 'Meta', country: 'US' }],
  [/\bthreads\b/i, { name: 'Threads', company: 'Meta', country: 'US' }],
  [/you ?tube/i, { name: 'YouTube', company: 'Google', country: 'US' }],
  [/tik ?tok/i, { name: 'TikTok', company: 'ByteDance', country: 'CN' }],
  [/linked ?in/i, { name: 'LinkedIn', company: 'Microsoft', country: 'US' }],
  [/snapchat/i, { name: 'Snapchat', company: 'Snap', country: 'US' }],
  [/twitter|^\s*x\s*$/i, { name: 'X', company: 'X Corp', country: 'US' }],
  [/pinterest/i, { name: 'Pinterest', company: 'Pinterest', country: 'US' }],
  [/vimeo/i, { name: 'Vimeo', company: 'Vimeo', country: 'US' }],
  [/bluesky/i, { name: 'Bluesky', company: 'Bluesky', country: 'US' }],
]

/** Who can look at a place where the school shows pictures, where no social media are named. */
export type OpenTo = 'internet' | 'place'

/**
 * A page on the internet is open to the world unless its name says that it is shielded (P26). Of any other place we know no
 * more than that whoever looks there can keep what they see: we promise nothing for them.
 */
export function openTo(channel: string): OpenTo {
  const isOnline = /site|internet|homepage|blog|online|www\./i.test(channel)
  const isShielded = /afgescherm|besloten|wachtwoord|inlog|intranet|alleen voor ouders/i.test(channel)
  return isOnline && !isShielded ? 'internet' : 'place'
}

/**
 * The social media that a channel's free text names. One that is not in the list is not found: the name is all we have.
 * A channel that says social media and names none has those of its own words, which are in the United States as the large
 * ones are.
 */
export function socialMediaIn(channel: string): SocialMedium[] {
  const named = PLATFORMS.flatMap(([word, medium]) => (word.test(channel) ? [medium] : []))
  if (named.length > 0 || !/soci[a-z]*[ -]?media|\bsocials\b/i.test(channel)) return named
  return [{ name: channel, company: null, country: 'US' }]
}
