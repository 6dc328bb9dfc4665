import type { TestBroker } from './broker.ts'

/** The statements that are sent before an act has its answer, and those that come after; and the answer. */
export async function sentAround<T>(broker: TestBroker, act: () => Promise<T>): Promise<{ before: string[]; after: string[]; is: T }> {
  // What came before may still go on.
  await broker.settled()
  const { afterwards } = broker.deps
  const sent = { before: [] as string[], after: [] as string[] }
  const later: Parameters<typeof afterwards>[0][] = []
  let when: keyof typeof sent = 'before'
  broker.rewrite = (statement) => {
    sent[when].push(statement)
    return statement
  }
  broker.deps.afterwards = (work) => void later.push(work)
  try {
    const is = await act()
    when = 'after'
    for (const work of later) await work()
    return { ...sent, is }
  } finally {
    broker.deps.afterwards = afterwards
    broker.rewrite = undefined
  }
}
