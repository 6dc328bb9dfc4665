-- A transaction that makes many things at once (tokens that share a commit, answers for a whole round) appends one entry for
-- each. To call a function per entry costs more than to write them: this one takes them all.

drop function ledger_append(uuid, text, timestamptz, text, text, uuid, text);

-- Appends entries, in their order. Called last in its transaction: the lock on a chain is held until commit, and only a
-- statement that begins after the lock is held sees the true head. Entries of one chain stand next to each other, and the
-- chains are sorted, so that two acts that write to the same ones never wait for each other. A writer that may not see a
-- chain cannot lengthen it: it would start at nothing, and `ledger_chain_does_not_fork` refuses that.
create function ledger_append(entries jsonb) returns void language plpgsql
-- The head is the end of an index. While a chain is young the planner would rather read all of it and sort, and keep to
-- that plan as it grows.
set enable_sort = off as $$
declare
  entry record;
  of_chain text;
  at_chain text;
  head_seq bigint;
  head_hash bytea;
  next_hash bytea;
begin
  for entry in
    select * from jsonb_to_recordset(entries) as e (board_id uuid, approach text, at timestamptz, event text, actor text, ref uuid, body text)
  loop
    of_chain := case when entry.board_id is null then 'operator' else entry.board_id::text || ':' || entry.approach end;
    if of_chain is distinct from at_chain then
      perform pg_advisory_xact_lock(hashtextextended('ledger:' || of_chain, 0));
      select l.seq, l.hash into head_seq, head_hash from ledger l where l.chain = of_chain order by l.seq desc limit 1; -- ledger_pkey
      at_chain := of_chain;
    end if;
    head_seq := coalesce(head_seq, 0) + 1;
    next_hash := sha256(coalesce(head_hash, ''::bytea) || convert_to(
      of_chain || E'\n' || head_seq || E'\n'
      || to_char(entry.at at time zone 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"') || E'\n'
      || entry.event || E'\n' || entry.actor || E'\n' || coalesce(entry.ref::text, '') || E'\n' || entry.body, 'UTF8'));
    insert into ledger (chain, seq, board_id, approach, prev_hash, hash, at, event, actor, ref, body)
    values (
      of_chain, head_seq, entry.board_id, entry.approach, head_hash, next_hash, entry.at, entry.event, entry.actor, entry.ref, entry.body
    );
    head_hash := next_hash;
  end loop;
end $$;
grant execute on function ledger_append to consent_broker;
