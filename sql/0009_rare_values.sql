-- Filters by a rare value among many rows read the rows that bear it, not those of all values.

ALTER TABLE audit_log ADD KEY kind (organization_id, kind, id);
ALTER TABLE deletions
  ADD KEY state (organization_id, state, id),
  ADD KEY own_state (initiator_id, state, id);
