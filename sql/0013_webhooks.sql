-- Webhooks: to whom an event goes, and when it was settled. An event is written once for each
-- subscription that wants it, in the transaction of what it tells of.

ALTER TABLE webhook_outbox
  ADD COLUMN subscription_id BINARY(16) NOT NULL COMMENT 'to whom; no foreign key: what a removed subscription leaves goes when its turn comes' AFTER organization_id,
  ADD COLUMN settled_at DATETIME(6) NULL COMMENT 'when it was sent or given up, UTC; the row goes 30 days later' AFTER last_error,
  ADD KEY recent (organization_id, id),
  ADD KEY subscription (subscription_id, state, next_attempt_at),
  ADD KEY settled (settled_at);
