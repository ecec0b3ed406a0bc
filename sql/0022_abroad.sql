-- Accounts that may have left things in other organisations are found by themselves; and those whose
-- role had ended before it was noted are among them.

ALTER TABLE users ADD KEY everywhere (goes_everywhere, organization_id, id);

UPDATE users u JOIN (SELECT DISTINCT item_id FROM audit_log WHERE action = 'user.role'
  AND details LIKE '%"platform_admin"%') a ON a.item_id = u.id SET u.goes_everywhere = TRUE;

-- The trail may be shorter than what they left.
UPDATE users u JOIN (SELECT DISTINCT p.uploader_id FROM photos p JOIN users o ON o.id = p.uploader_id
  WHERE o.organization_id <> p.organization_id) a ON a.uploader_id = u.id SET u.goes_everywhere = TRUE;
