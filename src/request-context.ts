import { AsyncLocalStorage } from 'node:async_hooks'

/** Which request the code that runs now belongs to, also after an await: the log names it in every line. */
export const requestContext = new AsyncLocalStorage<{ requestId: string }>()
