/** One key per kind of JWT, so that one kind can never pass for another. */
export type KeyKind = 'access_token' | 'id_token' | 'status_list' | 'introspection' | 'event'
