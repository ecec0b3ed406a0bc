-- The schema of Lethe. Ids are UUIDv7 in BINARY(16), times DATETIME(6) in UTC, bound by the program
-- and never taken from the server's clock. What identifies compares by utf8mb4_bin. No foreign key
-- cascades: what goes with what stands in the cascade table (app/domain/cascade.c).
-- "Live" means deleted_at IS NULL; a deletion's mark is the pair (deleted_at, deletion_id).

CREATE TABLE organizations (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  name VARCHAR(200) NOT NULL COMMENT 'as people call it; typed to confirm its deletion',
  created_by BINARY(16) NULL COMMENT 'user who made it, for the record',
  photo_recovery_s INT UNSIGNED NOT NULL DEFAULT 14400 COMMENT 'window of photo deletions, seconds',
  container_recovery_s INT UNSIGNED NOT NULL DEFAULT 604800 COMMENT 'window of album, project, site, user and organisation deletions, seconds',
  archive_retention_s INT UNSIGNED NOT NULL DEFAULT 2592000 COMMENT 'how long archived photos stay, seconds',
  account_grace_s INT UNSIGNED NOT NULL DEFAULT 1209600 COMMENT 'grace period of account deletions, seconds',
  audit_retention_months SMALLINT UNSIGNED NOT NULL DEFAULT 12 COMMENT 'how long audit entries stay, months',
  self_deletion BOOLEAN NOT NULL DEFAULT TRUE COMMENT 'members may delete their own account',
  admin_deletion BOOLEAN NOT NULL DEFAULT TRUE COMMENT 'admins may delete accounts',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  PRIMARY KEY (id),
  KEY deletion (deletion_id, id)
) COMMENT 'tenants, with their settings' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE deletions (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7; its order is the order of deleting',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  act_id BINARY(16) NOT NULL COMMENT 'shared by all deletions of one confirmation',
  kind ENUM('photo','album','project','site','quest','adventure','event','user','organization') NOT NULL COMMENT 'kind of the root item',
  item_id BINARY(16) NOT NULL COMMENT 'the root item; no foreign key, since it outlives it',
  label VARCHAR(200) NULL COMMENT 'what people called the item; blanked at the purge',
  owner_id BINARY(16) NULL COMMENT 'user who owned the item',
  initiator_id BINARY(16) NULL COMMENT 'user who deleted; NULL for the system',
  origin ENUM('owner','admin','request','account','container','retention') NOT NULL COMMENT 'why it came about',
  reason VARCHAR(2000) NULL COMMENT 'free text; blanked at the purge',
  mode ENUM('soft','hard') NOT NULL COMMENT 'soft: with a window; hard: purged at once',
  photo_action ENUM('delete','archive','orphan') NULL COMMENT 'what was chosen for photos of a project or site; for an account: delete, or orphan to keep them without a name',
  state ENUM('marking','trashed','restoring','restored','purging','purged') NOT NULL COMMENT 'see the lifecycle table',
  photo_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'photos marked, derivatives included',
  note_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'photo notes marked',
  ai_result_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'AI results marked',
  album_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'albums marked',
  project_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'projects marked',
  site_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'sites marked',
  quest_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'quests marked',
  card_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'quest content cards marked',
  submission_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'activity submissions marked',
  adventure_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'adventures marked',
  sequence_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'adventure sequences marked',
  event_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'events marked',
  user_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'users marked',
  organization_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'organisations marked',
  bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'bytes of the files of what is marked',
  progress_done INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rows handled in the current state',
  progress_total INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'rows to handle in the current state',
  deleted_at DATETIME(6) NOT NULL COMMENT 'UTC',
  recover_until DATETIME(6) NOT NULL COMMENT 'end of the window, UTC: restorable before it, not at it',
  settled_at DATETIME(6) NULL COMMENT 'when it became restored or purged, UTC',
  restorable BOOLEAN GENERATED ALWAYS AS (state IN ('marking','trashed')) STORED COMMENT 'in the trash as far as its state goes',
  PRIMARY KEY (id),
  KEY trash (organization_id, restorable, id),
  KEY trash_kind (organization_id, restorable, kind, id),
  KEY own_trash (initiator_id, restorable, id),
  KEY own_trash_kind (initiator_id, restorable, kind, id),
  KEY closing (organization_id, restorable, recover_until, id),
  KEY due (state, recover_until),
  KEY act (act_id),
  KEY item (item_id, id),
  CONSTRAINT deletions_organization FOREIGN KEY (organization_id) REFERENCES organizations (id)
) COMMENT 'one row per deleted root item with all that went with it' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE users (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant; a platform admin belongs to one too',
  email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'normalised; NULL in a tombstone',
  display_name VARCHAR(200) NOT NULL COMMENT 'shown to others; "Deleted User" in a tombstone',
  role ENUM('member','admin','platform_admin') NOT NULL COMMENT 'creators and site owners are members',
  password_hash VARCHAR(128) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'Argon2id; NULL with single sign-on',
  identity_uid VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'the identity provider''s id',
  tokens_valid_after DATETIME(6) NULL COMMENT 'access tokens issued before are refused, UTC',
  notify_requests BOOLEAN NOT NULL DEFAULT TRUE COMMENT 'wants mail about requests',
  notify_retention BOOLEAN NOT NULL DEFAULT TRUE COMMENT 'wants mail before archived photos go',
  deletion_status ENUM('REQUESTED','SCHEDULED','DELETED','CANCELED') NULL COMMENT 'of the account''s own deletion',
  deletion_requested_at DATETIME(6) NULL COMMENT 'UTC',
  deletion_scheduled_for DATETIME(6) NULL COMMENT 'when the erasure begins, UTC',
  deletion_reason VARCHAR(2000) NULL COMMENT 'free text, blanked at the erasure',
  deletion_photos ENUM('delete','keep') NULL COMMENT 'the choice for photos',
  deletion_events ENUM('anonymize','transfer','block') NULL COMMENT 'the choice for events',
  deletion_transfer_to BINARY(16) NULL COMMENT 'user who takes over events',
  bio VARCHAR(2000) NULL COMMENT 'profile text',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  live_email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin GENERATED ALWAYS AS (IF(deleted_at IS NULL, email, NULL)) STORED COMMENT 'unique among the live',
  live_identity_uid VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin GENERATED ALWAYS AS (IF(deleted_at IS NULL, identity_uid, NULL)) STORED COMMENT 'unique among the live',
  PRIMARY KEY (id),
  UNIQUE KEY live_email (live_email),
  UNIQUE KEY live_identity_uid (live_identity_uid),
  KEY organization (organization_id, deleted_at, id),
  KEY deletion (deletion_id, id),
  KEY scheduled (deletion_scheduled_for),
  CONSTRAINT users_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT users_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'accounts and tombstones' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE sites (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  name VARCHAR(200) NOT NULL COMMENT 'as people call it',
  slug VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'normalised, in addresses',
  created_by BINARY(16) NULL COMMENT 'user',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  live_slug VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin GENERATED ALWAYS AS (IF(deleted_at IS NULL, slug, NULL)) STORED COMMENT 'unique among the live of an organisation',
  PRIMARY KEY (id),
  UNIQUE KEY live_slug (organization_id, live_slug),
  KEY live (organization_id, deleted_at, id),
  KEY creator (created_by),
  KEY deletion (deletion_id, id),
  CONSTRAINT sites_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT sites_creator FOREIGN KEY (created_by) REFERENCES users (id),
  CONSTRAINT sites_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'public places whose photos are a public record' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE site_claims (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  site_id BINARY(16) NOT NULL COMMENT 'the site claimed',
  user_id BINARY(16) NOT NULL COMMENT 'who claims to own it',
  state ENUM('pending','approved','rejected') NOT NULL COMMENT 'an approved claim makes a site owner',
  decided_by BINARY(16) NULL COMMENT 'admin',
  decided_at DATETIME(6) NULL COMMENT 'UTC',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  UNIQUE KEY one_per_user (site_id, user_id),
  KEY user (user_id, state),
  KEY queue (organization_id, state, id),
  CONSTRAINT site_claims_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT site_claims_site FOREIGN KEY (site_id) REFERENCES sites (id),
  CONSTRAINT site_claims_user FOREIGN KEY (user_id) REFERENCES users (id)
) COMMENT 'who says that a site is theirs, and what an admin decided' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE projects (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  name VARCHAR(200) NOT NULL COMMENT 'as people call it; typed to confirm its deletion',
  created_by BINARY(16) NULL COMMENT 'user',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  PRIMARY KEY (id),
  KEY live (organization_id, deleted_at, id),
  KEY creator (created_by),
  KEY deletion (deletion_id, id),
  CONSTRAINT projects_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT projects_creator FOREIGN KEY (created_by) REFERENCES users (id),
  CONSTRAINT projects_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'containers of photos' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE albums (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  name VARCHAR(200) NOT NULL COMMENT 'as people call it',
  created_by BINARY(16) NOT NULL COMMENT 'user',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  PRIMARY KEY (id),
  KEY live (organization_id, deleted_at, id),
  KEY creator (created_by, deleted_at, id),
  KEY deletion (deletion_id, id),
  CONSTRAINT albums_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT albums_creator FOREIGN KEY (created_by) REFERENCES users (id),
  CONSTRAINT albums_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'lists of photos' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE archive_batches (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  created_by BINARY(16) NULL COMMENT 'user, for the record',
  criteria TEXT NULL COMMENT 'JSON: project_id, date_range, tag_ids; NULL for a selection by hand',
  photo_count INT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'photos archived by the act',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  KEY organization (organization_id, id),
  CONSTRAINT archive_batches_organization FOREIGN KEY (organization_id) REFERENCES organizations (id)
) COMMENT 'one row per act of archiving' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE photos (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7; its order is the order of adding',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  uploader_id BINARY(16) NULL COMMENT 'owner; a derivative''s is its original''s; NULL for submissions without an account',
  site_id BINARY(16) NULL COMMENT 'site it was submitted to; NULL for library photos',
  project_id BINARY(16) NULL COMMENT 'project it belongs to',
  original_id BINARY(16) NULL COMMENT 'of a derivative: the photo it was generated from',
  title VARCHAR(200) NULL COMMENT 'what people call it',
  description TEXT NULL COMMENT 'free text',
  submitter_name VARCHAR(200) NULL COMMENT 'of site submissions',
  submitter_email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'of site submissions, normalised',
  status ENUM('pending','approved','rejected','deletion_requested') NOT NULL COMMENT 'moderation',
  reviewed_by BINARY(16) NULL COMMENT 'admin who moderated',
  reviewed_at DATETIME(6) NULL COMMENT 'UTC',
  rejection_reason VARCHAR(2000) NULL COMMENT 'free text',
  quality_score DECIMAL(4,3) NULL COMMENT '0 to 1',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'of its stored objects together',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  archived_at DATETIME(6) NULL COMMENT 'UTC; NULL when not archived',
  archived_by BINARY(16) NULL COMMENT 'user, for the record',
  archive_reason VARCHAR(2000) NULL COMMENT 'free text',
  archive_batch_id BINARY(16) NULL COMMENT 'the act that archived it',
  purge_after DATETIME(6) NULL COMMENT 'end of the retention, UTC, set when it was archived',
  purge_mail_at DATETIME(6) NULL COMMENT 'when its owner was told of the coming purge, UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  shelf TINYINT UNSIGNED GENERATED ALWAYS AS (IF(deleted_at IS NOT NULL, 2, IF(archived_at IS NOT NULL, 1, 0))) STORED COMMENT '0 live, 1 archived, 2 deleted',
  published BOOLEAN GENERATED ALWAYS AS (status IN ('approved','deletion_requested')) STORED COMMENT 'other members see it while live',
  PRIMARY KEY (id),
  KEY shelf (organization_id, shelf, published, id),
  KEY own (uploader_id, shelf, published, id),
  KEY project (project_id, shelf, id),
  KEY site (site_id, shelf, id),
  KEY original (original_id, id),
  KEY deletion (deletion_id, id),
  KEY retention (organization_id, purge_after, id),
  KEY submitter (submitter_email, id),
  KEY batch (archive_batch_id),
  CONSTRAINT photos_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT photos_uploader FOREIGN KEY (uploader_id) REFERENCES users (id),
  CONSTRAINT photos_site FOREIGN KEY (site_id) REFERENCES sites (id),
  CONSTRAINT photos_project FOREIGN KEY (project_id) REFERENCES projects (id),
  CONSTRAINT photos_original FOREIGN KEY (original_id) REFERENCES photos (id),
  CONSTRAINT photos_batch FOREIGN KEY (archive_batch_id) REFERENCES archive_batches (id),
  CONSTRAINT photos_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'photos and derivatives' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE tags (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  name VARCHAR(100) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'trimmed, as first written',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  UNIQUE KEY name (organization_id, name),
  CONSTRAINT tags_organization FOREIGN KEY (organization_id) REFERENCES organizations (id)
) COMMENT 'words on photos' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE photo_tags (
  photo_id BINARY(16) NOT NULL COMMENT 'the photo; kept while it is in the trash, for the restore',
  tag_id BINARY(16) NOT NULL COMMENT 'the tag',
  PRIMARY KEY (photo_id, tag_id),
  KEY tag (tag_id, photo_id),
  CONSTRAINT photo_tags_photo FOREIGN KEY (photo_id) REFERENCES photos (id),
  CONSTRAINT photo_tags_tag FOREIGN KEY (tag_id) REFERENCES tags (id)
) COMMENT 'which photo bears which tag' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE album_photos (
  album_id BINARY(16) NOT NULL COMMENT 'the album',
  photo_id BINARY(16) NOT NULL COMMENT 'the photo; kept while it is in the trash, for the restore',
  position INT UNSIGNED NOT NULL COMMENT 'place in the album, from 0',
  PRIMARY KEY (album_id, photo_id),
  KEY photo (photo_id, album_id),
  CONSTRAINT album_photos_album FOREIGN KEY (album_id) REFERENCES albums (id),
  CONSTRAINT album_photos_photo FOREIGN KEY (photo_id) REFERENCES photos (id)
) COMMENT 'places of photos in albums' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE photo_shares (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  photo_id BINARY(16) NOT NULL COMMENT 'the photo shared',
  token_hash BINARY(32) NOT NULL COMMENT 'BLAKE2b-256 of the link''s token, which is not stored',
  created_by BINARY(16) NULL COMMENT 'user, for the record',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  expires_at DATETIME(6) NULL COMMENT 'UTC; NULL for no end',
  revoked_at DATETIME(6) NULL COMMENT 'UTC; once set it stays',
  PRIMARY KEY (id),
  UNIQUE KEY token (token_hash),
  KEY photo (photo_id, id),
  CONSTRAINT photo_shares_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT photo_shares_photo FOREIGN KEY (photo_id) REFERENCES photos (id)
) COMMENT 'links that show a photo to anybody' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE dead_shares (
  token_hash BINARY(32) NOT NULL COMMENT 'BLAKE2b-256 of the token of a link whose photo was purged',
  purged_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (token_hash),
  KEY purged (purged_at)
) COMMENT 'so that a dead link answers 410 and not 404 after the purge' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE photo_notes (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  photo_id BINARY(16) NOT NULL COMMENT 'the photo',
  author_id BINARY(16) NULL COMMENT 'user',
  body TEXT NOT NULL COMMENT 'free text',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  PRIMARY KEY (id),
  KEY photo (photo_id, id),
  KEY author (author_id, id),
  KEY deletion (deletion_id, id),
  CONSTRAINT photo_notes_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT photo_notes_photo FOREIGN KEY (photo_id) REFERENCES photos (id),
  CONSTRAINT photo_notes_author FOREIGN KEY (author_id) REFERENCES users (id),
  CONSTRAINT photo_notes_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'what people wrote on photos' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE ai_processing_results (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  photo_id BINARY(16) NOT NULL COMMENT 'the photo',
  model VARCHAR(100) NOT NULL COMMENT 'what produced it',
  result TEXT NOT NULL COMMENT 'JSON',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  PRIMARY KEY (id),
  KEY photo (photo_id, id),
  KEY deletion (deletion_id, id),
  CONSTRAINT ai_results_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT ai_results_photo FOREIGN KEY (photo_id) REFERENCES photos (id),
  CONSTRAINT ai_results_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'what models said of photos' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE generations (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  original_id BINARY(16) NULL COMMENT 'the photo to generate from; NULL once it is purged, so that a late result still answers 410',
  started_by BINARY(16) NULL COMMENT 'user, for the record',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  finished_at DATETIME(6) NULL COMMENT 'when its result was taken, UTC: only once',
  PRIMARY KEY (id),
  KEY original (original_id, id),
  CONSTRAINT generations_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT generations_original FOREIGN KEY (original_id) REFERENCES photos (id)
) COMMENT 'derivatives under way' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE quests (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  creator_id BINARY(16) NOT NULL COMMENT 'owner',
  title VARCHAR(200) NOT NULL COMMENT 'what people call it',
  publishing_status ENUM('draft','published','archived') NOT NULL COMMENT 'deleted forever only when archived',
  status_before_archive ENUM('draft','published') NULL COMMENT 'what a restore gives back',
  archived_at DATETIME(6) NULL COMMENT 'UTC',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  PRIMARY KEY (id),
  KEY creator (creator_id, deleted_at, publishing_status, id),
  KEY organization (organization_id, deleted_at, id),
  KEY deletion (deletion_id, id),
  CONSTRAINT quests_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT quests_creator FOREIGN KEY (creator_id) REFERENCES users (id),
  CONSTRAINT quests_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'quests of creators' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE quest_content_cards (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  quest_id BINARY(16) NOT NULL COMMENT 'the quest',
  position INT UNSIGNED NOT NULL COMMENT 'place in the quest, from 0',
  body TEXT NOT NULL COMMENT 'free text',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  PRIMARY KEY (id),
  KEY quest (quest_id, position),
  KEY deletion (deletion_id, id),
  CONSTRAINT cards_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT cards_quest FOREIGN KEY (quest_id) REFERENCES quests (id),
  CONSTRAINT cards_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'pages of quests' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE activity_submissions (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  quest_id BINARY(16) NOT NULL COMMENT 'the quest',
  user_id BINARY(16) NULL COMMENT 'who took part',
  body TEXT NOT NULL COMMENT 'free text',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  PRIMARY KEY (id),
  KEY quest (quest_id, id),
  KEY user (user_id, id),
  KEY deletion (deletion_id, id),
  CONSTRAINT submissions_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT submissions_quest FOREIGN KEY (quest_id) REFERENCES quests (id),
  CONSTRAINT submissions_user FOREIGN KEY (user_id) REFERENCES users (id),
  CONSTRAINT submissions_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'what people handed in to quests' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE adventures (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  creator_id BINARY(16) NOT NULL COMMENT 'owner',
  title VARCHAR(200) NOT NULL COMMENT 'what people call it',
  publishing_status ENUM('draft','published','archived') NOT NULL COMMENT 'deleted forever only when archived',
  status_before_archive ENUM('draft','published') NULL COMMENT 'what a restore gives back',
  archived_at DATETIME(6) NULL COMMENT 'UTC',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  PRIMARY KEY (id),
  KEY creator (creator_id, deleted_at, publishing_status, id),
  KEY organization (organization_id, deleted_at, id),
  KEY deletion (deletion_id, id),
  CONSTRAINT adventures_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT adventures_creator FOREIGN KEY (creator_id) REFERENCES users (id),
  CONSTRAINT adventures_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'adventures of creators' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE adventure_sequences (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  adventure_id BINARY(16) NOT NULL COMMENT 'the adventure',
  position INT UNSIGNED NOT NULL COMMENT 'place in the adventure, from 0',
  body TEXT NOT NULL COMMENT 'free text',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  PRIMARY KEY (id),
  KEY adventure (adventure_id, position),
  KEY deletion (deletion_id, id),
  CONSTRAINT sequences_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT sequences_adventure FOREIGN KEY (adventure_id) REFERENCES adventures (id),
  CONSTRAINT sequences_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'steps of adventures' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE events (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  title VARCHAR(200) NOT NULL COMMENT 'what people call it',
  starts_at DATETIME(6) NOT NULL COMMENT 'UTC',
  created_by BINARY(16) NULL COMMENT 'user; NULL once anonymised',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  deleted_at DATETIME(6) NULL COMMENT 'mark of a deletion, UTC',
  deletion_id BINARY(16) NULL COMMENT 'the deletion that marked it',
  PRIMARY KEY (id),
  KEY organization (organization_id, deleted_at, id),
  KEY creator (created_by, deleted_at, id),
  KEY deletion (deletion_id, id),
  CONSTRAINT events_organization FOREIGN KEY (organization_id) REFERENCES organizations (id),
  CONSTRAINT events_creator FOREIGN KEY (created_by) REFERENCES users (id),
  CONSTRAINT events_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'dates that people made' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE role_requests (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  requester_uid VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'plain text, so that the history outlives the account',
  requested_role VARCHAR(32) NOT NULL COMMENT 'role asked for',
  state ENUM('pending','approved','rejected') NOT NULL COMMENT 'decision',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  decided_at DATETIME(6) NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  KEY organization (organization_id, id),
  KEY requester (requester_uid),
  CONSTRAINT role_requests_organization FOREIGN KEY (organization_id) REFERENCES organizations (id)
) COMMENT 'history of roles asked for' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE files (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  owner_kind ENUM('photo','quest','adventure') NOT NULL COMMENT 'kind of the row it belongs to',
  owner_id BINARY(16) NOT NULL COMMENT 'that row; no foreign key since it is of several kinds',
  part ENUM('original','thumbnail','asset') NOT NULL COMMENT 'which of its objects',
  storage_key VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'name of the object in the storage',
  content_type VARCHAR(100) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'by content, never by name',
  bytes BIGINT UNSIGNED NOT NULL COMMENT 'size of the object',
  digest BINARY(32) NOT NULL COMMENT 'BLAKE2b-256 of the object',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  UNIQUE KEY storage_key (storage_key),
  KEY owner (owner_id, part),
  KEY digest (organization_id, digest),
  CONSTRAINT files_organization FOREIGN KEY (organization_id) REFERENCES organizations (id)
) COMMENT 'every stored object' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE deletion_effects (
  deletion_id BINARY(16) NOT NULL COMMENT 'the deletion of a project or site',
  photo_id BINARY(16) NOT NULL COMMENT 'the photo it touched without deleting; no foreign key',
  effect ENUM('orphaned','archived') NOT NULL COMMENT 'what it did to the photo',
  container_id BINARY(16) NULL COMMENT 'of an orphaned photo: where it had been',
  PRIMARY KEY (deletion_id, photo_id),
  KEY photo (photo_id),
  CONSTRAINT deletion_effects_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id)
) COMMENT 'what a restore must put back beyond its marks' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE deletion_requests (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  photo_id BINARY(16) NOT NULL COMMENT 'the photo; no foreign key, since the record outlives it',
  requester_id BINARY(16) NULL COMMENT 'user who asked; NULL for visitors',
  requester_email VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'normalised; blanked at an erasure',
  requester_role ENUM('admin','shop_owner','submitter','visitor') NOT NULL COMMENT 'in which role',
  reason VARCHAR(2000) NULL COMMENT 'free text; blanked at an erasure',
  status ENUM('pending','approved','rejected','cancelled','superseded') NOT NULL COMMENT 'decision',
  photo_status_before ENUM('pending','approved','rejected') NOT NULL COMMENT 'what the photo gets back',
  deletion_id BINARY(16) NULL COMMENT 'of an approved or superseded one: the deletion; no foreign key',
  requested_at DATETIME(6) NOT NULL COMMENT 'UTC',
  due_at DATETIME(6) NOT NULL COMMENT 'UTC, 28 days later',
  reviewed_at DATETIME(6) NULL COMMENT 'UTC',
  reviewed_by BINARY(16) NULL COMMENT 'admin, for the record',
  rejection_reason VARCHAR(2000) NULL COMMENT 'free text; blanked at an erasure',
  requester_key VARBINARY(254) GENERATED ALWAYS AS (IF(status = 'pending', COALESCE(requester_id, CAST(requester_email AS BINARY(254))), NULL)) STORED COMMENT 'one pending per photo and person',
  PRIMARY KEY (id),
  UNIQUE KEY one_pending (photo_id, requester_key),
  KEY queue (organization_id, status, id),
  KEY photo (photo_id, status),
  KEY requester (requester_id, id),
  KEY email (requester_email, id),
  CONSTRAINT deletion_requests_organization FOREIGN KEY (organization_id) REFERENCES organizations (id)
) COMMENT 'wishes that a photo be deleted' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE storage_cleanup_queue (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NULL COMMENT 'tenant; NULL for objects found without a row',
  storage_key VARCHAR(200) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'the object to remove',
  bytes BIGINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'its size',
  state ENUM('waiting','failed') NOT NULL DEFAULT 'waiting' COMMENT 'failed after 10 attempts; never dropped',
  attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'removals tried',
  next_attempt_at DATETIME(6) NOT NULL COMMENT 'UTC',
  last_error VARCHAR(300) NULL COMMENT 'why the last attempt failed',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  UNIQUE KEY storage_key (storage_key),
  KEY due (state, next_attempt_at, id),
  KEY organization (organization_id, state, id)
) COMMENT 'objects whose row is gone, until they are gone too' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE mail_outbox (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NULL COMMENT 'tenant',
  user_id BINARY(16) NULL COMMENT 'addressee where there is an account; no foreign key',
  recipient VARCHAR(254) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NULL COMMENT 'normalised; blanked at an erasure',
  template VARCHAR(64) NOT NULL COMMENT 'name of the mail template',
  subject VARCHAR(200) NULL COMMENT 'blanked with the body',
  body_text MEDIUMTEXT NULL COMMENT 'blanked 30 days after sending',
  body_html MEDIUMTEXT NULL COMMENT 'blanked 30 days after sending',
  state ENUM('waiting','sent','failed','dropped') NOT NULL DEFAULT 'waiting' COMMENT 'progress',
  attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'sendings tried',
  next_attempt_at DATETIME(6) NOT NULL COMMENT 'UTC',
  last_error VARCHAR(300) NULL COMMENT 'why the last attempt failed',
  sent_at DATETIME(6) NULL COMMENT 'UTC',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  KEY due (state, next_attempt_at, id),
  KEY recipient (recipient),
  KEY user (user_id)
) COMMENT 'mail written with the act that causes it, sent by the worker' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE webhook_subscriptions (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  url VARCHAR(2000) NOT NULL COMMENT 'where to post',
  secret VARBINARY(64) NOT NULL COMMENT 'signs (Standard Webhooks)',
  events VARCHAR(500) NOT NULL COMMENT 'comma-separated names',
  created_by BINARY(16) NULL COMMENT 'user, for the record',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  KEY organization (organization_id, id),
  CONSTRAINT webhook_subscriptions_organization FOREIGN KEY (organization_id) REFERENCES organizations (id)
) COMMENT 'host applications that want to know' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE webhook_outbox (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7; the message id',
  organization_id BINARY(16) NOT NULL COMMENT 'tenant',
  event VARCHAR(64) NOT NULL COMMENT 'name',
  payload TEXT NOT NULL COMMENT 'JSON without personal data',
  state ENUM('waiting','sent','failed') NOT NULL DEFAULT 'waiting' COMMENT 'progress',
  attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'sendings tried',
  next_attempt_at DATETIME(6) NOT NULL COMMENT 'UTC',
  last_error VARCHAR(300) NULL COMMENT 'why the last attempt failed',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  KEY due (state, next_attempt_at, id),
  CONSTRAINT webhook_outbox_organization FOREIGN KEY (organization_id) REFERENCES organizations (id)
) COMMENT 'events for host applications' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE jobs (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  organization_id BINARY(16) NULL COMMENT 'tenant',
  task VARCHAR(40) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'name of the worker''s task',
  item_id BINARY(16) NOT NULL COMMENT 'what it is about',
  run_at DATETIME(6) NOT NULL COMMENT 'not before, UTC',
  lease_owner BINARY(16) NULL COMMENT 'worker that has it',
  lease_until DATETIME(6) NULL COMMENT 'until when, UTC; further away than a lease can be means none',
  attempts SMALLINT UNSIGNED NOT NULL DEFAULT 0 COMMENT 'runs that failed',
  last_error VARCHAR(300) NULL COMMENT 'why the last run failed',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  UNIQUE KEY task_item (task, item_id),
  KEY due (run_at)
) COMMENT 'work that outlives a request, by leases' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE audit_log (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7 of the entry''s time; its order is the trail''s order',
  organization_id BINARY(16) NULL COMMENT 'tenant; NULL for the installation; no foreign key, since the trail outlives it',
  at DATETIME(6) NOT NULL COMMENT 'UTC',
  actor VARCHAR(128) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'user id as text, or worker, operator, visitor',
  action VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'e.g. photo.delete',
  kind VARCHAR(32) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'kind of the item',
  item_id BINARY(16) NULL COMMENT 'the item',
  mode VARCHAR(16) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'soft or hard, where it applies',
  details TEXT NOT NULL COMMENT 'JSON object of ids, numbers and choices; no free text',
  request_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NULL COMMENT 'X-Request-Id',
  PRIMARY KEY (id),
  KEY organization (organization_id, id),
  KEY actor (organization_id, actor, id),
  KEY action (organization_id, action, id),
  KEY item (organization_id, item_id, id)
) COMMENT 'append-only trail of every change of state' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE audit_reasons (
  audit_id BINARY(16) NOT NULL COMMENT 'the entry',
  organization_id BINARY(16) NULL COMMENT 'tenant',
  reason VARCHAR(2000) NULL COMMENT 'free text, blanked by an erasure',
  PRIMARY KEY (audit_id),
  KEY organization (organization_id)
) COMMENT 'free text of the trail, apart' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE sessions (
  token_hash BINARY(32) NOT NULL COMMENT 'BLAKE2b-256 of the cookie''s token',
  id BINARY(16) NOT NULL COMMENT 'UUIDv7, its name outside the cookie',
  user_id BINARY(16) NOT NULL COMMENT 'who is signed in',
  acting_organization_id BINARY(16) NULL COMMENT 'of a platform admin: the organisation acted for',
  csrf_secret BINARY(32) NOT NULL COMMENT 'the session''s CSRF token',
  user_agent VARCHAR(200) NULL COMMENT 'to tell one''s sessions apart',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC; ends 7 days later',
  seen_at DATETIME(6) NOT NULL COMMENT 'UTC; ends 12 hours later',
  PRIMARY KEY (token_hash),
  UNIQUE KEY id (id),
  KEY user (user_id, id),
  KEY seen (seen_at),
  CONSTRAINT sessions_user FOREIGN KEY (user_id) REFERENCES users (id)
) COMMENT 'browsers that are signed in' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE interrupted_acts (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  session_id BINARY(16) NOT NULL COMMENT 'sessions.id; only that session goes on with it',
  path VARCHAR(500) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin NOT NULL COMMENT 'where the form was sent',
  form MEDIUMTEXT NOT NULL COMMENT 'its fields, urlencoded, without the CSRF token',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC; forgotten after an hour',
  PRIMARY KEY (id),
  KEY session (session_id),
  KEY created (created_at)
) COMMENT 'forms that wait for a re-authentication' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

CREATE TABLE spent_tokens (
  token_id BINARY(16) NOT NULL COMMENT 'jti of a single-use token',
  expires_at DATETIME(6) NOT NULL COMMENT 'UTC; the row can go then',
  PRIMARY KEY (token_id),
  KEY expires (expires_at)
) COMMENT 'single-use tokens that were used' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE rate_hits (
  id BINARY(16) NOT NULL COMMENT 'UUIDv7',
  bucket BINARY(32) NOT NULL COMMENT 'keyed BLAKE2b of purpose and subject, so that no address is stored',
  at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (id),
  KEY bucket (bucket, at),
  KEY at (at)
) COMMENT 'what rate limits count' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE signing_keys (
  key_id VARCHAR(64) CHARACTER SET ascii COLLATE ascii_bin NOT NULL COMMENT 'PASERK k4.pid or k4.lid',
  purpose ENUM('public','local') NOT NULL COMMENT 'signs in public, or seals for ourselves',
  created_at DATETIME(6) NOT NULL COMMENT 'UTC',
  PRIMARY KEY (key_id)
) COMMENT 'the keys that belong to this database' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_bin;

CREATE TABLE installation (
  id TINYINT UNSIGNED NOT NULL COMMENT 'always 1',
  purge_paused_at DATETIME(6) NULL COMMENT 'while set, no purge starts a step, UTC',
  purge_paused_by VARCHAR(128) NULL COMMENT 'actor uid',
  PRIMARY KEY (id)
) COMMENT 'one row of switches for the whole installation' DEFAULT CHARSET utf8mb4 COLLATE utf8mb4_unicode_520_ci;

INSERT INTO installation (id) VALUES (1);
ALTER TABLE organizations ADD CONSTRAINT organizations_deletion FOREIGN KEY (deletion_id) REFERENCES deletions (id);
