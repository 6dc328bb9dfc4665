/** The Kaartenboek's two ways (K03): by way of the school, or the supplier directly to the person. */
export type Approach = 'organisation' | 'subject'
