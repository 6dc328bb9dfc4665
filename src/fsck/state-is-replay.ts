import type { Tx } from '../database.ts'
import type { BoardId } from '../ids.ts'
import { parentAgreementKey, type Replayed, type ToldSteps } from './replay.ts'

/**
 * INV-05: folding the ledger gives the answers, agreements, releases, assignments and tokens that are there, and everything
 * that is there was told.
 */
export async function stateIsReplay(tx: Tx, boardId: BoardId, told: Replayed): Promise<string[]> {
  return [
    ...(await answers(tx, boardId, told)),
    ...(await endings(tx, boardId, told)),
    ...(await agreements(tx, boardId, told)),
    ...(await addenda(tx, boardId, told)),
    ...(await clauses(tx, boardId, told)),
    ...(await releases(tx, boardId, told)),
    ...(await assignments(tx, boardId, told)),
    ...(await tokens(tx, boardId, told)),
    ...(await parentAgreements(tx, boardId, told)),
  ]
}

/** Compares what is there with what was told, by id: `differs` names a member, or nothing. */
function compare<Row, Told>(
  kind: string,
  rows: Iterable<[id: string, row: Row]>,
  told: ReadonlyMap<string, Told>,
  differs: (row: Row, told: Told) => string | undefined,
): string[] {
  const findings: string[] = []
  const seen = new Set<string>()
  for (const [id, row] of rows) {
    seen.add(id)
    const entry = told.get(id)
    if (entry === undefined) {
      findings.push(`${kind} ${id} is nowhere in the ledger`)
      continue
    }
    const member = differs(row, entry)
    if (member) findings.push(`${kind} ${id} differs from the ledger in ${member}`)
  }
  for (const id of told.keys()) if (!seen.has(id)) findings.push(`${kind} ${id} is in the ledger and not there`)
  return findings
}

const differing = (members: Record<string, boolean>) => Object.keys(members).find((member) => !members[member])
const sameList = (a: readonly string[] | null, b: readonly string[] | null | undefined) =>
  a === null ? b === null || b === undefined : [...a].sort().join() === [...(b ?? [])].sort().join()
const sameTime = (a: Date | null, b: Date | string | null | undefined) => (a?.getTime() ?? null) === (b ? new Date(b).getTime() : null)

async function answers(tx: Tx, boardId: BoardId, told: Replayed) {
  const rows = await tx.selectFrom('answers').selectAll().where('board_id', '=', boardId).execute() // answers_pkey
  return compare(
    'answer',
    rows.map((row) => [row.answer_id, row]),
    told.answers,
    (row, answer) =>
      differing({
        consent: row.consent_id === answer.consentId,
        decider: row.decider_id === answer.deciderId,
        answer: row.answer === answer.answer,
        datatypes: sameList(row.datatypes, answer.datatypes),
        until: sameTime(row.until_at, answer.untilAt),
        revision: row.revision === answer.revision,
        authority: row.authority === answer.authority && row.guardianship_id === (answer.guardianshipId ?? null),
        method: row.method === answer.method,
        'shown text': Buffer.from(row.shown_hash).toString('hex') === answer.shownHash,
        time: sameTime(row.answered_at, answer.at),
        'being taken back': sameTime(row.undone_at, answer.undoneAt) && (row.undone_revision ?? answer.undoneIn) === answer.undoneIn,
      }),
  )
}

async function endings(tx: Tx, boardId: BoardId, told: Replayed) {
  const rows = await tx
    .selectFrom('consents')
    .select(['consent_id', 'ended_as', 'ended_at'])
    .where('board_id', '=', boardId) // consents_pkey
    .where('ended_at', 'is not', null)
    .execute()
  return compare(
    'end of consent',
    rows.map((row) => [row.consent_id, row]),
    told.ended,
    // A yes for a shorter time ran out before anybody wrote it down.
    (row, { as, at }) => differing({ 'how it ended': row.ended_as === as, time: as === 'expired' || sameTime(row.ended_at, at) }),
  )
}

/** What was told of steps, one way or the other: the moments of the row against the moments of the entries. */
function steps(moments: Record<string, Date | null>, told: ReadonlyMap<string, { at: Date }>): string | undefined {
  return Object.entries(moments).find(([event, moment]) => !sameTime(moment, told.get(event)?.at))?.[0]
}

async function agreements(tx: Tx, boardId: BoardId, told: Replayed) {
  const rows = await tx
    .selectFrom('supplier_agreements')
    .select([
      'agreement_id',
      'supplier_id',
      'kind',
      'starts_at',
      'ends_at',
      'drafted_at',
      'checked_at',
      'rejected_at',
      'withdrawn_at',
      'succeeded_by',
      'signed_at',
      'ended_at',
    ])
    .select(['signed_hash', 'supplier_signed_at', 'supplier_signed_by'])
    .where('board_id', '=', boardId) // supplier_agreements_pkey
    .execute()
  return compare(
    'agreement',
    rows.map((row) => [row.agreement_id, row]),
    told.agreements,
    (row, entries) => {
      const drafted = entries.get('agreement_drafted')?.facts ?? {}
      const hash = row.signed_hash && Buffer.from(row.signed_hash).toString('hex')
      return (
        differing({
          supplier: row.supplier_id === drafted.supplierId,
          kind: row.kind === drafted.kind,
          term: sameTime(row.starts_at, drafted.startsAt as string) && sameTime(row.ends_at, drafted.endsAt as string),
          'signed text': hash === (entries.get('agreement_signed')?.facts.textHash ?? null),
          'signature of the supplier': row.supplier_signed_by === (entries.get('agreement_signed_by_supplier')?.actor ?? null),
          successor: row.succeeded_by === (entries.get('agreement_withdrawn')?.facts.succeededBy ?? null),
          end: sameTime(row.ended_at, entries.get('agreement_ended')?.facts.endedAt as string | undefined),
        }) ??
        steps(
          {
            agreement_drafted: row.drafted_at,
            agreement_checked: row.checked_at,
            agreement_rejected: row.rejected_at,
            agreement_withdrawn: row.withdrawn_at,
            agreement_signed: row.signed_at,
            agreement_signed_by_supplier: row.supplier_signed_at,
          },
          entries,
        )
      )
    },
  )
}

async function addenda(tx: Tx, boardId: BoardId, told: Replayed) {
  const rows = await tx
    .selectFrom('addenda')
    .select(['addendum_id', 'drafted_at', 'checked_at', 'rejected_at', 'withdrawn_at', 'signed_at'])
    .where('board_id', '=', boardId) // addenda_pkey
    .execute()
  return compare(
    'addendum',
    rows.map((row) => [row.addendum_id, row]),
    told.addenda,
    (row, entries) =>
      steps(
        {
          addendum_drafted: row.drafted_at,
          addendum_checked: row.checked_at,
          addendum_rejected: row.rejected_at,
          addendum_withdrawn: row.withdrawn_at,
          addendum_signed: row.signed_at,
        },
        entries,
      ),
  )
}

async function clauses(tx: Tx, boardId: BoardId, told: Replayed) {
  const rows = await tx
    .selectFrom('onward_clauses')
    .select(['clause_id', 'instructed_at', 'ended_at'])
    .where('board_id', '=', boardId) // onward_clauses_pkey
    .execute()
  return compare(
    'onward clause',
    rows.map((row) => [row.clause_id, row]),
    told.clauses,
    (row, { instructed, ended }) =>
      differing({ instruction: sameTime(row.instructed_at, instructed?.at), end: sameTime(row.ended_at, ended?.at) }),
  )
}

async function releases(tx: Tx, boardId: BoardId, told: Replayed) {
  const rows = await tx
    .selectFrom('releases')
    .select(['release_id', 'released_at', 'withdrawn_at'])
    .where('board_id', '=', boardId) // releases_pkey
    .execute()
  const joined = await tx.selectFrom('release_subjects').select(['release_id', 'consent_id']).where('board_id', '=', boardId).execute() // release_subjects_pkey
  return [
    ...compare(
      'release',
      rows.map((row) => [row.release_id, row]),
      told.releases as ToldSteps,
      ({ released_at, withdrawn_at }, entries) => steps({ released: released_at, withdrawn: withdrawn_at }, entries),
    ),
    ...compare(
      'subject of release',
      joined.map(({ release_id, consent_id }) => [`${release_id}:${consent_id}`, true]),
      new Map([...told.joined].map((pair) => [pair, true])),
      () => undefined,
    ),
  ]
}

async function assignments(tx: Tx, boardId: BoardId, told: Replayed) {
  const rows = await tx
    .selectFrom('assignments')
    .select(['assignment_id', 'supplier_id', 'subject_id', 'starts_at', 'ends_at'])
    .where('board_id', '=', boardId) // assignments_pkey
    .execute()
  return compare(
    'assignment',
    rows.map((row) => [row.assignment_id, row]),
    told.assignments,
    (row, { started, ended }) =>
      differing({
        supplier: row.supplier_id === started?.facts.supplierId,
        pupil: row.subject_id === started?.facts.subjectId,
        start: sameTime(row.starts_at, started?.at),
        end: sameTime(row.ends_at, ended?.at ?? (started?.facts.endsAt as string | null | undefined)),
      }),
  )
}

async function tokens(tx: Tx, boardId: BoardId, told: Replayed) {
  const rows = await tx
    .selectFrom('tokens')
    .select(['token_id', 'client_id', 'holder_id', 'approach', 'issued_at', 'expires_at', 'ended_at'])
    .where('board_id', '=', boardId) // tokens_pkey
    .execute()
  return [
    ...[...told.endedUnissued].map((tokenId) => `token ${tokenId} ended in the ledger and was never issued there`),
    ...compare(
      'token',
      rows.map((row) => [row.token_id, row]),
      told.tokens,
      (row, { entry, endedBy }) =>
        differing({
          chain: row.approach === entry.approach,
          client: row.client_id === entry.facts.clientId,
          holder: row.holder_id === entry.facts.holderId,
          'time of issue': sameTime(row.issued_at, entry.at),
          expiry: sameTime(row.expires_at, entry.facts.expiresAt as string),
          'having ended': (row.ended_at !== null) === (endedBy !== undefined),
        }),
    ),
  ]
}

async function parentAgreements(tx: Tx, boardId: BoardId, told: Replayed) {
  const rows = await tx
    .selectFrom('parent_agreements')
    .select(['round_id', 'subject_id', 'decider_id', 'version', 'content_hash'])
    .where('board_id', '=', boardId) // parent_agreements_pkey
    .execute()
  return compare(
    'agreement with a parent',
    rows.map((row) => [parentAgreementKey(row.round_id, row.subject_id, row.decider_id, row.version), row]),
    told.parentAgreements,
    (row, hash) => differing({ content: Buffer.from(row.content_hash).toString('hex') === hash }),
  )
}
