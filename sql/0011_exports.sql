-- What people take with them: archives of their data, made by the worker, kept for a while.

CREATE TABLE exports (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant of the person',
  user_id BINARY(16) NOT NULL COMMENT 'whose data, and who alone may fetch it',
  state ENUM('pending','ready','discarded','expired') NOT NULL COMMENT 'discarded: a purge removed something it contains; expired: its time is over',
  building_key VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'while pending: name that its object will have, or has before the row of files is there',
  touched INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'while pending: purges that removed something of the person since it was begun; it is then begun anew',
  progress_done INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'photos and contents that are in it',
  progress_total INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'photos and contents that there are',
  bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'size, once it is ready',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  ready_at DATETIME(6) NULL COMMENT 'UTC',
  expires_at DATETIME(6) NULL COMMENT 'UTC, 7 days after it was ready: to be fetched before it, not at it',
  settled_at DATETIME(6) NULL COMMENT 'when it was discarded or had expired, UTC',
  pending_of BINARY(16) GENERATED ALWAYS AS (IF(state = 'pending', user_id, NULL)) STORED COMMENT 'one pending per person',
  PRIMARY KEY (id),
  UNIQUE KEY one_pending (pending_of),
  UNIQUE KEY building_key (building_key),
  KEY user (user_id, id),
  KEY organization (organization_id, id),
  KEY state (state, expires_at),
  KEY settled (settled_at),
  CONSTRAINT exports_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT exports_user FOREIGN KEY (user_id) REFERENCES users (id)
) COMMENT 'archives of a person''s data' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

ALTER TABLE files
  MODIFY owner_kind ENUM('photo','quest','adventure','export') NOT NULL COMMENT 'kind of the row it belongs to';
