-- Whoever invites a supplier's program says for which types of authorization_details (RFC 9396 §10) it may register, as with
-- the ways of working and the holders. None at all is for a program that only reads lists and changes.
alter table client_invitations add column detail_types text[] not null default '{pupil-data}';
