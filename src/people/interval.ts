/** A stretch of time; open when it has no end. Its last moment is the one before `endsAt`. */
export interface Interval {
  startsAt: Date
  endsAt: Date | null
}

export function inForce({ startsAt, endsAt }: Interval, at: Date): boolean {
  return startsAt <= at && (endsAt === null || at < endsAt)
}
