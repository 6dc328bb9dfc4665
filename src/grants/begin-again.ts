/**
 * Acts that end things may hold rows in another order than we do, and two may draw the same place in a status list; whom
 * PostgreSQL then sends away begins again.
 */
export async function beginAgain<T>(work: (attempt: number) => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await work(attempt)
    } catch (error) {
      const { code, constraint_name } = error as { code?: string; constraint_name?: string }
      if ((code !== DEADLOCK && constraint_name !== 'status_entries_pkey') || attempt === 3) throw error
    }
  }
}

const DEADLOCK = '40P01'
