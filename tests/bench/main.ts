import { benchBatchAndPoll } from './batch-and-poll.ts'
import { benchRoster, benchRound } from './bulk.ts'
import { benchHome } from './home.ts'
import { benchRedeem } from './redeem.ts'
import { type Row, writeReport } from './report.ts'
import { benchStatusList } from './status-list.ts'
import { benchVerify } from './verify.ts'

const parts: Record<string, () => Promise<Row[]>> = {
  redeem: benchRedeem,
  verify: benchVerify,
  'status-list': benchStatusList,
  batch: benchBatchAndPoll,
  roster: benchRoster,
  round: benchRound,
  home: benchHome,
}
const wanted = process.argv.slice(2)
const rows: Row[] = []
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`… ${name}`)
  rows.push(...(await part()))
}
await writeReport(rows)
