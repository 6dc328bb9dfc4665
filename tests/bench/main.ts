import { benchBatch } from './batch.ts'
import { benchRoster, benchRound } from './bulk.ts'
import { benchCibaPoll } from './ciba-poll.ts'
import { benchCodeExchange } from './code-exchange.ts'
import { benchHome } from './home.ts'
import { benchIntrospection } from './introspection.ts'
import { benchProgress } from './progress.ts'
import { benchRedeem } from './redeem.ts'
import { benchRegister } from './register.ts'
import { printReport, type Row, writeReport } from './report.ts'
import { benchRosterDelta } from './roster-delta.ts'
import { benchStatusList } from './status-list.ts'
import { benchVerify } from './verify.ts'

const parts: Record<string, () => Promise<Row[]>> = {
  redeem: benchRedeem,
  verify: benchVerify,
  introspection: benchIntrospection,
  'status-list': benchStatusList,
  batch: benchBatch,
  'ciba-poll': benchCibaPoll,
  'code-exchange': benchCodeExchange,
  roster: benchRoster,
  round: benchRound,
  home: benchHome,
  progress: benchProgress,
  delta: benchRosterDelta,
  register: benchRegister,
}
const wanted = process.argv.slice(2)
const unknown = wanted.filter((name) => !(name in parts))
if (unknown.length > 0) throw new Error(`there is no ${unknown.join(', ')}: name ${Object.keys(parts).join(', ')}, or nothing for all`)
const rows: Row[] = []
for (const [name, part] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.includes(name)) continue
  console.log(`… ${name}`)
  rows.push(...(await part()))
}
// Some of them alone leave the last whole report as it is.
await (wanted.length > 0 ? printReport(rows) : writeReport(rows))
