-- Where somebody looks for what was deleted. It is little.
CREATE INDEX record_deleted ON record (kind, tree_changed_ms, rid, status) WHERE root = rid AND deleted = 1;
