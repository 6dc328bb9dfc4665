import { activitiesOf } from '../../src/cases/activities.ts'
import { registerInDpv } from '../../src/cases/register-dpv.ts'
import { addItem } from '../../src/consents/draft-items.ts'
import { draftRound } from '../../src/consents/draft-round.ts'
import { publishRound } from '../../src/consents/publish-round.ts'
import { inTransaction } from '../../src/database.ts'
import { readFolderOrZip } from '../../src/people/oneroster/read-folder.ts'
import { importFiles } from '../../src/people/take-in-roster.ts'
import { withBoard } from './bulk.ts'
import type { Row } from './report.ts'
import { writeRosterBundle } from './roster-bundle.ts'

const USES = 200
const TIMES = 40

/** (l) The register of processing with 200 uses of a board's own, as JSON in terms of DPV, beside reading the same rows bare. */
export async function benchRegister(): Promise<Row[]> {
  return await withBoard(async ({ deps, boardId, schoolIds, actor, folder, owner }) => {
    await writeRosterBundle(folder, 2_000)
    await importFiles(deps, { boardId, by: 'operator' }, await readFolderOrZip(folder))
    const { roundId } = await draftRound(deps, actor, {
      title: 'Ouderovereenkomst',
      subjectKind: 'pupil',
      undertakings: 'De school past op.',
    })
    for (let nr = 0; nr < USES; nr += 1) {
      await addItem(deps, actor, roundId, {
        legalBasis: 'consent',
        image: { channel: `kanaal ${nr}`, medium: 'photo' },
        purpose: 'image',
        occasion: 'het schooljaar',
        reason: { nl: 'De school laat graag zien wat kinderen doen.' },
        alternative: { nl: 'Uw kind staat er niet herkenbaar op.' },
      })
    }
    await publishRound(deps, actor, { roundId, audience: { schools: schoolIds.slice(0, 1), groups: [], persons: [] } })
    await owner`analyze`
    let size = 0
    const ours = await median(async () => {
      const activities = await inTransaction(deps.db, { actor: 'staff', boards: [boardId] }, (tx) => activitiesOf(tx, boardId, deps.now()))
      const board = { name: 'Stichting Twaalf Scholen', oin: '00000099999999990001', address: '' }
      size = JSON.stringify(registerInDpv({ board, officers: [] }, activities, { issuer: deps.issuer, at: deps.now() })).length
    })
    const peer = await median(
      () =>
        owner`select i.*, r.title from items i join rounds r using (board_id, round_id) where i.board_id = ${boardId} order by i.item_id`,
    )
    return [
      {
        what: `(l) register export, ${USES} uses (${Math.round(size / 1024)} kB)`,
        ours: `${ours.toFixed(1)} ms`,
        peer: `${peer.toFixed(1)} ms the same rows in one bare statement`,
        ratio: ours / peer,
        aim: 'to know',
      },
    ]
  })
}

async function median(work: () => Promise<unknown>): Promise<number> {
  const times: number[] = []
  for (let nr = 0; nr < TIMES; nr += 1) {
    const started = performance.now()
    await work()
    times.push(performance.now() - started)
  }
  return times.toSorted((a, b) => a - b)[TIMES / 2]!
}
