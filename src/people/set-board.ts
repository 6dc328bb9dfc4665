import { z } from 'zod'
import type { PersonActor } from '../actors.ts'
import { canonical } from '../canonical.ts'
import { amsterdamDay } from '../clock.ts'
import { inTransaction, type Tx } from '../database.ts'
import type { Deps } from '../deps.ts'
import type { BoardId, PersonId, TokenId } from '../ids.ts'
import { append, type LedgerActor } from '../ledger/append.ts'
import { Refusal } from '../refusal.ts'
import { tokensByApproach, tokensEnded } from '../tokens/by-approach.ts'
import { endTokens } from '../tokens/end-tokens.ts'
import { ageOn } from './age.ts'
import { mustHold } from './mandates.ts'
import { type Board, boardById } from './store.ts'
import { DECIDES_FROM } from './who-may-answer.ts'

export const boardSettings = z.strictObject({
  /** For questions made from now on; those that were asked keep theirs. */
  decisionRule: z.enum(['veto', 'all', 'any']).optional(),
  /** What happens at sixteen to what the guardians gave: it goes on, or waits for the pupil's own answer. */
  atSixteen: z.enum(['carry_over', 'freeze']).optional(),
  /** The board declares that its roster names only guardians with authority. For rosters taken in from now on. */
  rosterImpliesAuthority: z.boolean().optional(),
  /** How long the proof of a consent is kept after its end. */
  proofYears: z.number().int().min(1).max(20).optional(),
  /** Whether the participation council consents to what parents are asked before it goes out (P22). */
  councilForRounds: z.boolean().optional(),
  /** Whether parents are asked to agree with a transfer, besides looking (P32). For transfers offered from now on. */
  transferAsksConsent: z.boolean().optional(),
  /** How contracts and the register name the board (M01, GDPR art. 30(1)). */
  legalForm: z.string().trim().max(100).optional(),
  address: z.string().trim().max(300).optional(),
  representative: z.string().trim().max(200).optional(),
  measures: z.string().trim().max(2000).optional(),
})
export type BoardSettings = z.infer<typeof boardSettings>

/** How a board does things, all of it. */
export type AllSettings = Required<BoardSettings>

/**
 * Changes how a board does things. Choosing `freeze` ends the live tokens about pupils of sixteen and over at once; which of
 * them may be had again, the next redemption says.
 *
 * @param by an administrator of the board, or the operator on its written word
 * @param seen how it was when whoever sets it looked; absent where what others set does not matter
 * @throws Refusal `mandate_missing`, `input_invalid` when nothing is set; `changed_meanwhile` when it is not as it was seen
 */
export async function setBoard(
  { db, now }: Deps,
  by: PersonActor | 'operator',
  boardId: BoardId,
  settings: BoardSettings,
  seen?: AllSettings,
): Promise<void> {
  const at = now()
  const set = boardSettings.parse(settings)
  if (Object.values(set).every((value) => value === undefined)) {
    throw new Refusal('input_invalid', { errors: [{ field: '', reason: 'names no setting' }] })
  }
  const actor: LedgerActor = by === 'operator' ? by : `person:${by.personId}`
  await inTransaction(db, { actor: 'job', boards: [boardId] }, async (tx) => {
    if (by !== 'operator') await mustHold(tx, by, ['administrator'], at)
    if (seen && !(await isStillToSet(tx, boardId, set, seen))) return
    const { numUpdatedRows } = await tx
      .updateTable('boards')
      .set({
        ...(set.decisionRule && { decision_rule: set.decisionRule }),
        ...(set.atSixteen && { at_sixteen: set.atSixteen }),
        ...(set.rosterImpliesAuthority !== undefined && { roster_implies_authority: set.rosterImpliesAuthority }),
        ...(set.proofYears && { proof_years: set.proofYears }),
        ...(set.councilForRounds !== undefined && { council_for_rounds: set.councilForRounds }),
        ...(set.transferAsksConsent !== undefined && { transfer_asks_consent: set.transferAsksConsent }),
        ...(set.legalForm !== undefined && { legal_form: set.legalForm }),
        ...(set.address !== undefined && { address: set.address }),
        ...(set.representative !== undefined && { representative: set.representative }),
        ...(set.measures !== undefined && { measures: set.measures }),
      })
      .where('board_id', '=', boardId) // boards_pkey
      .executeTakeFirst()
    if (numUpdatedRows !== 1n) throw new Refusal('board_not_found')
    const ended = set.atSixteen === 'freeze' ? await endOfSixteen(tx, boardId, at) : []
    const tokens = await tokensByApproach(tx, boardId, ended)
    const { legalForm, address, representative, measures, ...choices } = set
    // What people wrote, and whom they named, stays out of the ledger: it tells which of them were set.
    const written = Object.entries({ legalForm, address, representative, measures }).flatMap(([name, words]) =>
      words === undefined ? [] : [name],
    )
    const facts = { ...choices, ...(written.length > 0 && { written }), endedTokens: tokens.organisation }
    await append(
      tx,
      { boardId, approach: 'organisation', at, event: 'board_set', actor, ref: boardId, facts },
      ...tokensEnded(boardId, at, actor, boardId, 'board_set', { subject: tokens.subject }),
    )
  })
}

/** The settings of a board among what else there is of it. */
export function settingsOf(board: Board): AllSettings {
  const names = Object.keys(boardSettings.shape) as (keyof AllSettings)[]
  return Object.fromEntries(names.map((name) => [name, board[name]])) as AllSettings
}

/**
 * Two who set it come one after the other.
 *
 * @returns whether there is anything left to set
 * @throws Refusal `changed_meanwhile`
 */
async function isStillToSet(tx: Tx, boardId: BoardId, set: BoardSettings, seen: AllSettings): Promise<boolean> {
  await tx.selectFrom('boards').select('board_id').where('board_id', '=', boardId).forNoKeyUpdate().execute() // boards_pkey
  const now = settingsOf(await boardById(tx, boardId))
  if (canonical({ ...now, ...set }) === canonical(now)) return false
  if (canonical(now) !== canonical(seen)) throw new Refusal('changed_meanwhile')
  return true
}

/** Redemptions hold the board's row, which the caller has updated: none that reads the old setting can still commit. */
async function endOfSixteen(tx: Tx, boardId: BoardId, at: Date): Promise<TokenId[]> {
  const subjects = await tx
    .selectFrom('token_supports as s')
    .innerJoin('persons as p', (join) => join.onRef('p.board_id', '=', 's.board_id').onRef('p.person_id', '=', 's.subject_id'))
    .select(['s.subject_id', 'p.birth_date'])
    .distinct()
    .where('s.board_id', '=', boardId)
    .where('s.expires_at', '>', at) // token_supports_live
    .orderBy('s.subject_id')
    .execute()
  const grown = (birthDate: string | null) => birthDate !== null && ageOn(birthDate, amsterdamDay(at)) >= DECIDES_FROM
  const ended: TokenId[] = []
  for (const subjectId of subjects.filter(({ birth_date }) => grown(birth_date)).map(({ subject_id }): PersonId => subject_id)) {
    ended.push(...(await endTokens(tx, boardId, at, { subjectId }, 'board_set')))
  }
  return ended
}
