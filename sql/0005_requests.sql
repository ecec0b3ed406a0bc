-- Requests know the site that their photo was on, for the lists of site owners, and queues are read
-- soonest due first.

ALTER TABLE deletion_requests
  ADD COLUMN site_id BINARY(16) NULL COMMENT 'site of the photo when it was asked; no foreign key, since the record outlives it' AFTER photo_id,
  ADD KEY due (organization_id, status, due_at, id),
  ADD KEY site (site_id, status, due_at, id),
  ADD KEY overdue (status, due_at);

UPDATE deletion_requests r JOIN photos p ON p.id = r.photo_id SET r.site_id = p.site_id;

-- Asking for the deletion of a photo that others do not see must not show it to them.
ALTER TABLE photos
  ADD COLUMN withheld BOOLEAN NOT NULL DEFAULT FALSE COMMENT 'with status deletion_requested: it had not been approved' AFTER status,
  MODIFY published BOOLEAN GENERATED ALWAYS AS (status = 'approved' OR (status = 'deletion_requested' AND NOT withheld)) STORED COMMENT 'other members see it while live';

UPDATE photos p JOIN deletion_requests r ON r.photo_id = p.id AND r.status = 'pending'
  SET p.withheld = TRUE WHERE p.status = 'deletion_requested' AND r.photo_status_before <> 'approved';

-- Finds the admins of an organisation of many.
ALTER TABLE users ADD KEY role (organization_id, role, id);
