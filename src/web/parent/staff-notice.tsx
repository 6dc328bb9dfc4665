import { isAskedOfFew } from '../../consents/asked-of-few.ts'
import type { SeenConsent } from '../../consents/questions.ts'
import type { ShownText } from '../../consents/shown-text.ts'
import type { Tx } from '../../database.ts'
import type { BoardId } from '../../ids.ts'
import { Notice } from '../blocks.tsx'
import type { Messages } from '../texts/shape.ts'

interface Shown {
  consent: SeenConsent
  shown: ShownText
}

const isOfStaff = ({ consent }: Shown) => consent.question.subject.kind === 'employee'

/** What is told to staff: whether few are asked. */
export interface StaffToKnow {
  few: boolean
}

/** What a member of staff has to know beforehand (D15); undefined for who is none. A picture is known again by itself. */
export async function staffNotice(tx: Tx, boardId: BoardId, shown: readonly Shown[]): Promise<StaffToKnow | undefined> {
  if (!shown.some(isOfStaff)) return undefined
  const inReports = shown.filter((one) => isOfStaff(one) && !one.shown.question.image).map(({ consent }) => consent.itemId)
  return { few: await isAskedOfFew(tx, boardId, inReports) }
}

/** Before staff answer: it is voluntary, nobody above them sees it, and where few are asked they may be recognised (D01, D08, D15). */
export function StaffNotice({ t, notice }: { t: Messages; notice: StaffToKnow | undefined }) {
  if (!notice) return null
  return (
    <Notice kind="info">
      {t.question.employee} {notice.few && t.question.employeeFew}
    </Notice>
  )
}
