import type { ReadAsk } from './ask-directly.ts'

/** An ask as it waits in the database: its times as text. */
export type StoredAsk = Pick<ReadAsk, 'words'> & { use: Omit<ReadAsk['use'], 'startsAt' | 'endsAt'> & { startsAt: string; endsAt: string } }

export const storedAsk = ({ use, words }: ReadAsk): StoredAsk => ({
  use: { ...use, startsAt: use.startsAt.toISOString(), endsAt: use.endsAt.toISOString() },
  words,
})

/** It, as it was read. */
export const readAskIn = ({ use, words }: StoredAsk): ReadAsk => ({
  use: { ...use, startsAt: new Date(use.startsAt), endsAt: new Date(use.endsAt) },
  words,
})
