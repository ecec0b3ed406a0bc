-- Who has words in a mail to somebody else, and until when its file stays in the spool; when a person last
-- authenticated at the host; and who may have left things in other organisations.

ALTER TABLE mail_outbox
  ADD COLUMN author_id BINARY(16) NULL COMMENT 'user whose words are in it beside the addressee: who asked, or who rejected; no foreign key' AFTER user_id,
  ADD COLUMN owner_id BINARY(16) NULL COMMENT 'user whose photo it names; no foreign key' AFTER author_id,
  ADD COLUMN file_until DATETIME(6) NULL COMMENT 'when its file is removed from the spool folder, UTC; NULL before it is sent or given up, and once it is removed' AFTER body_until,
  ADD KEY author (author_id),
  ADD KEY photo_owner (owner_id),
  ADD KEY file (file_until);

UPDATE mail_outbox SET file_until = COALESCE(sent_at, created_at) + INTERVAL 30 DAY WHERE state <> 'waiting';

ALTER TABLE sessions
  ADD COLUMN host_auth_at DATETIME(6) NULL COMMENT 'UTC; of one that a token of the host application began: when the person authenticated there, as far as the token tells' AFTER user_agent;

ALTER TABLE users
  ADD COLUMN goes_everywhere BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'is or was a platform admin, who may have left things in any organisation' AFTER role;

UPDATE users SET goes_everywhere = TRUE WHERE role = 'platform_admin';
