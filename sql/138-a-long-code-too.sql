-- Who asks again and again for codes to somebody else's address uses up the mails that may go there, and the short code of a mail works
-- only in the browser that asked. Each mail has a long code too, which works in any browser: whoever reads the mail gets in.
alter table sign_in_codes add column long_mac bytea, add column long_used_at timestamptz;
grant update (long_used_at) on sign_in_codes to consent_broker;
