/** A deviation from the model agreement, Annex 3 (M25): without its motivation nothing is signed. */
export interface Deviation {
  article: string
  text: string
  motivation: string
}
