import { sha256 } from '../../src/canonical.ts'
import { addItem } from '../../src/consents/draft-items.ts'
import { draftRound } from '../../src/consents/draft-round.ts'
import { publishRound } from '../../src/consents/publish-round.ts'
import { freePort } from '../../src/embedded-postgres.ts'
import { type AccountId, newId, newSecret, type RoundId } from '../../src/ids.ts'
import { readFolderOrZip } from '../../src/people/oneroster/read-folder.ts'
import { importFiles } from '../../src/people/take-in-roster.ts'
import { type BoardBench, withBoard } from './bulk.ts'
import { startChild, stopChild } from './processes.ts'
import type { Row } from './report.ts'
import { writeRosterBundle } from './roster-bundle.ts'
import { fire } from './token-load.ts'

const ITEMS = 28
const REQUESTS = 300

/** (k) The progress page of a round of 12 schools × 300 pupils × 28 items, one visitor after the other, beside counting the same rows bare. */
export async function benchProgress(): Promise<Row[]> {
  return await withBoard(async (bench) => {
    const { owner, url, ownerUrl } = bench
    const roundId = await roundHalfway(bench)
    const token = await signedIn(bench)
    await owner`vacuum analyze`
    const port = await freePort()
    const issuer = `http://127.0.0.1:${port}`
    const broker = await startChild(['dist/node.js'], `${issuer}/health/ready`, {
      PORT: String(port),
      ISSUER: issuer,
      DATABASE_URL: url,
      DATABASE_OWNER_URL: ownerUrl,
      BROKER_SECRET: 'A'.repeat(43),
      LOG_LEVEL: 'warning',
      SMTP_URL: 'smtp://127.0.0.1:9',
    })
    try {
      const path = `/school/rounds/${roundId}`
      const headers = { cookie: `session=${token}`, accept: 'text/html' }
      const page = await (await fetch(issuer + path, { headers })).text()
      if (!page.includes('aria-label')) throw new Error('the page is not the progress of the round')
      const look = (requests: number) => fire(issuer, Array(requests).fill({ method: 'GET', path, headers }), 1)
      await look(30)
      const measured = await look(REQUESTS)
      const bare = await bareCount(bench, roundId)
      const [{ consents }] = (await owner`select count(*)::int as consents from consents`) as unknown as [{ consents: number }]
      return [
        {
          what: `(k) progress page of a round of ${consents} consents`,
          ours: `p99 ${measured.p99} ms${measured.failures > 0 ? `, ${measured.failures} FAILED` : ''}`,
          peer: `p99 ${bare.toFixed(1)} ms one bare count of the same rows by pupil`,
          ratio: measured.p99 / bare,
          aim: 'p99 < 100 ms',
        },
      ]
    } finally {
      await stopChild(broker)
    }
  })
}

/** Everybody asked; half answered, of those half by two guardians, who do not agree on one in fifty. */
async function roundHalfway({ deps, boardId, schoolIds, actor, folder, owner }: BoardBench): Promise<RoundId> {
  await writeRosterBundle(folder, 9_000)
  await importFiles(deps, { boardId, by: 'operator' }, await readFolderOrZip(folder))
  await owner`update guardianships set authority = 'yes'`
  const { roundId } = await draftRound(deps, actor, {
    title: 'Ouderovereenkomst',
    subjectKind: 'pupil',
    undertakings: 'De school past op.',
  })
  for (let nr = 0; nr < ITEMS; nr += 1) {
    await addItem(deps, actor, roundId, {
      legalBasis: 'consent',
      image: { channel: `kanaal ${nr}`, medium: 'photo' },
      purpose: 'image',
      occasion: 'het schooljaar',
      reason: { nl: 'De school laat graag zien wat kinderen doen.' },
      alternative: { nl: 'Uw kind staat er niet herkenbaar op.' },
    })
  }
  await owner`analyze`
  await publishRound(deps, actor, { roundId, audience: { schools: schoolIds, groups: [], persons: [] } })
  // Nobody is to be mailed while the page is measured.
  await owner`update rounds set told_at = published_at, reminders = 2`
  const shown = sha256('shown')
  await owner`insert into shown_texts (board_id, shown_hash, approach, language, body, first_shown_at) values (${boardId}, ${shown}, 'organisation', 'nl', 'shown', ${deps.now()})`
  await owner`
    with half as (select consent_id, subject_id, nr from (select *, row_number() over (order by consent_id) as nr from consents) c where nr % 2 = 0),
      deciders as (select pupil_id, guardian_id, guardianship_id, row_number() over (partition by pupil_id order by guardian_id) as nth from guardianships)
    insert into answers (board_id, answer_id, approach, consent_id, revision, decider_id, answer, authority, guardianship_id, method, shown_hash, language, answered_at)
    select ${boardId}, uuidv7(), 'organisation', h.consent_id, d.nth, d.guardian_id, case when h.nr % 100 = 0 and d.nth = 2 then 'no' else 'yes' end,
      'guardianship', d.guardianship_id, 'web', ${shown}, 'nl', ${deps.now()}
    from half h join deciders d on d.pupil_id = h.subject_id and (d.nth = 1 or (d.nth = 2 and h.nr % 4 = 0))`
  await owner`
    update consents c set revision = a.revision
    from (select consent_id, max(revision) as revision from answers group by consent_id) a where a.consent_id = c.consent_id`
  return roundId
}

async function signedIn({ boardId, actor, owner }: BoardBench): Promise<string> {
  const at = new Date()
  const token = newSecret()
  const account_id = newId<AccountId>(at)
  await owner`insert into accounts ${owner({ account_id, email: 'leider@school.example', created_at: at })}`
  await owner`insert into account_persons ${owner({ account_id, board_id: boardId, person_id: actor.personId, claimed_at: at })}`
  await owner`insert into sessions ${owner({ token_hash: sha256(token), session_id: newId<never>(at) as string, account_id, made_at: at, begun_at: at, signed_in_at: at, last_seen_at: at, expires_at: new Date(at.getTime() + 86_400_000), method: 'code', device: 'bench' })}`
  return token
}

async function bareCount({ owner, boardId }: BoardBench, roundId: RoundId): Promise<number> {
  const times: number[] = []
  for (let nr = 0; nr < REQUESTS; nr += 1) {
    const started = performance.now()
    await owner`
      select c.subject_id, count(*), count(*) filter (where c.revision > 0)
      from items i join consents c on c.board_id = i.board_id and c.item_id = i.item_id
      where i.board_id = ${boardId} and i.round_id = ${roundId} and c.ended_at is null group by c.subject_id`
    times.push(performance.now() - started)
  }
  return times.toSorted((a, b) => a - b)[Math.ceil(times.length * 0.99) - 1]!
}
