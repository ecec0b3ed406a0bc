-- Finds what is in the trash by the beginning of its name.

ALTER TABLE deletions ADD KEY label (organization_id, restorable, label, id);
