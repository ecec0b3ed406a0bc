-- Who may do what to which table, run by the owner after the migrations, in the database of Lethe.
-- The owner migrates; lethe_app is the application and its worker; lethe_prune is used for one thing:
-- deleting audit entries, and records of deletions, whose retention is over. A right too many costs nothing until the day it
-- does, so each table has its own line, and a new table has none until it gets one here.

-- The application. It may neither change nor delete the trail; of its free text it may blank the reason.
-- A deletion is kept after its purge, as the record of it, until the pruning takes it.
GRANT SELECT, INSERT, UPDATE, DELETE ON organizations TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE ON deletions TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON users TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON sites TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON site_claims TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON projects TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON albums TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON archive_batches TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON photos TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON tags TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON photo_tags TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON album_photos TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON photo_shares TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON dead_shares TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON photo_notes TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON ai_processing_results TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON generations TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON quests TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON quest_content_cards TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON activity_submissions TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON adventures TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON adventure_sequences TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON events TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON role_requests TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON files TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON exports TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON deletion_effects TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON deletion_requests TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON storage_cleanup_queue TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON mail_outbox TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_subscriptions TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON webhook_outbox TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON jobs TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT ON audit_log TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE (reason) ON audit_reasons TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON sessions TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON interrupted_acts TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON spent_tokens TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON rate_hits TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON signing_keys TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON tallies TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE, DELETE ON hourly_tallies TO 'lethe_app'@'localhost';
GRANT SELECT, INSERT, UPDATE ON installation TO 'lethe_app'@'localhost';
-- To see at the start that the schema is the one it was built for.
GRANT SELECT ON schema_migrations TO 'lethe_app'@'localhost';

-- The pruning of the trail, and of the records of deletions: it sees of these what it goes by.
GRANT SELECT, DELETE ON audit_log TO 'lethe_prune'@'localhost';
GRANT SELECT, DELETE ON audit_reasons TO 'lethe_prune'@'localhost';
GRANT SELECT (id, organization_id, state, settled_at), DELETE ON deletions TO 'lethe_prune'@'localhost';
GRANT SELECT (deletion_id), DELETE ON deletion_effects TO 'lethe_prune'@'localhost';
