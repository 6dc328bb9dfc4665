import type { ColumnType } from 'kysely'

type Given<T> = null extends T ? T | undefined : T

/** Written once, with the row. The runtime role has no right to change it. */
export type Fixed<T> = ColumnType<T, Given<T>, never>

/** As `Fixed`, and the database has a default for it. */
export type FixedDefault<T> = ColumnType<T, T | undefined, never>

/** May change later: the runtime role has the column right for it. */
export type Changing<T> = ColumnType<T, Given<T>, T>

/** As `Changing`, and the database has a default for it. */
export type ChangingDefault<T> = ColumnType<T, T | undefined, T>
