-- Accounts that leave: which deletion is about them, which token outlives their scheduling, which
-- reminders they were sent; and what an erasure has to find.

ALTER TABLE users
  ADD COLUMN leaving_id BINARY(16) NULL COMMENT 'deletion of kind user about this account, from its beginning until it is restored or purged' AFTER deletion_transfer_to,
  ADD COLUMN kept_token_hash BINARY(32) NULL COMMENT 'BLAKE2b-256 of the one access token that outlived tokens_valid_after: the one in hand when the account was scheduled' AFTER tokens_valid_after,
  ADD COLUMN deletion_reminders TINYINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'reminders of the scheduled erasure that were sent or passed over: 1 seven days before, 2 also one day before' AFTER deletion_scheduled_for,
  ADD KEY reminders (deletion_status, deletion_reminders, deletion_scheduled_for, id),
  ADD KEY transfer (deletion_transfer_to);

ALTER TABLE deletions
  ADD KEY owner (owner_id, restorable, id);

ALTER TABLE mail_outbox
  ADD COLUMN forget BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'recipient and words are blanked as soon as it is sent or given up: its addressee has been erased' AFTER body_until;
