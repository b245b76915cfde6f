-- Parcels name the segments they are packed against by their numbers.
CREATE INDEX segment_numbered ON segment (gsn) WHERE gsn IS NOT NULL;
