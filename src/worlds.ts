import type { SupplierId } from './ids.ts'

/** The world of all boards and suppliers that exist. */
export const REAL_WORLD = '00000000-0000-0000-0000-000000000000'

/** Where a board or supplier exists: in the real world, or in the sandbox that is named after the supplier it was made for. */
export type World = SupplierId | typeof REAL_WORLD
