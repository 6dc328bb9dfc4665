-- The aggregation endpoint names the lists of the hours that can still have live tokens; lists of old hours stay for ever.
create index status_lists_by_bucket on status_lists (bucket);
