-- The sessions of a person, last used first, a page at a time.

ALTER TABLE sessions ADD KEY used (user_id, seen_at, id);
