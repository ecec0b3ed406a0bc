-- An act of archiving that the worker goes on with keeps what was decided when it was made: its reason
-- and the end of the retention, which a later change of the setting does not move.

ALTER TABLE archive_batches
  ADD COLUMN reason VARCHAR(2000) NULL COMMENT 'free text that its photos get' AFTER criteria,
  ADD COLUMN purge_after DATETIME(6) NULL COMMENT 'end of the retention that its photos get, UTC; NULL for a selection by hand' AFTER reason;

-- The purge of an organisation blanks what mail it sent.
ALTER TABLE mail_outbox ADD KEY organization (organization_id, id);
