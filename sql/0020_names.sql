-- Lists by name, a page at a time.

ALTER TABLE projects ADD KEY name (organization_id, deleted_at, name, id);
ALTER TABLE sites ADD KEY name (organization_id, deleted_at, name, id);
ALTER TABLE albums ADD KEY name (organization_id, deleted_at, name, id);
ALTER TABLE organizations ADD KEY name (deleted_at, name, id);
-- Those that are live, and all.
ALTER TABLE users
  ADD KEY live_name (organization_id, deleted_at, display_name, id),
  ADD KEY name (organization_id, display_name, id);
