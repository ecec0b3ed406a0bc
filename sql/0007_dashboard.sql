-- What the dashboard shows without counting everything each time, and what finds the records whose
-- retention is over.

-- Nothing here is kept up by the acts themselves: the worker counts, from the rows that tell of them,
-- each hour once it is over, and photos from time to time. A row that is removed is made anew.
CREATE TABLE tallies (
  organization_id BINARY(16) NOT NULL COMMENT 'tenant; no foreign key, since the sums outlive the records they are made of',
  tallied_until DATETIME(6) NOT NULL COMMENT 'deletions before this hour are in hourly_tallies and in the sums here, UTC',
  deleted BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'deletions made before it',
  restored BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'deletions restored before it',
  purged BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'deletions purged before it',
  reclaimed_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'bytes of what was purged before it',
  live_photos BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'photos that were live at counted_at',
  live_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'their bytes',
  archived_photos BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'photos that were archived at counted_at',
  archived_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'their bytes',
  trashed_photos BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'photos that were deleted at counted_at',
  trashed_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'their bytes',
  counted_at DATETIME(6) NULL COMMENT 'when photos were last counted, UTC; NULL for never',
  PRIMARY KEY (organization_id),
  KEY tallied (tallied_until),
  KEY counted (counted_at)
) COMMENT 'figures of an organisation, as far as they are counted' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE hourly_tallies (
  organization_id BINARY(16) NOT NULL COMMENT 'tenant; no foreign key, as in tallies',
  hour DATETIME(6) NOT NULL COMMENT 'beginning of the hour, UTC',
  deleted INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'deletions made in it',
  restored INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'deletions restored in it',
  purged INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'deletions purged in it',
  reclaimed_bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'bytes of what was purged in it',
  PRIMARY KEY (organization_id, hour)
) COMMENT 'what became of deletions, by the hour; hours of nothing have no row' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

-- Deletions in the order in which they were settled, with what is counted of them.
ALTER TABLE deletions ADD KEY settled (organization_id, settled_at, id, state, bytes);

-- The bytes of a shelf are summed from its index alone.
ALTER TABLE photos DROP KEY shelf, ADD KEY shelf (organization_id, shelf, published, id, bytes);

-- Who asked lately; and which requests are old enough to go.
ALTER TABLE deletion_requests ADD KEY recent (organization_id, requested_at, requester_id, requester_email, status);

-- How much of an organisation's waits, and since when.
ALTER TABLE mail_outbox ADD KEY waiting (organization_id, state, next_attempt_at);
ALTER TABLE webhook_outbox ADD KEY waiting (organization_id, state, next_attempt_at);
ALTER TABLE jobs ADD KEY organization (organization_id, run_at);
