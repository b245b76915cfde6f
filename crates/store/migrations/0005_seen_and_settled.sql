-- A save names what its author had seen of every other lane, the device's own ones included: what the first laptop
-- wrote in one scope it has seen when it writes in another. Both kinds of lanes therefore note when they last grew.
ALTER TABLE lane ADD COLUMN grown INTEGER NOT NULL DEFAULT 0;
UPDATE installation SET sightings = sightings + 1;
UPDATE lane SET grown = CASE WHEN own = 0 THEN sighting WHEN next_save > 1 THEN (SELECT sightings FROM installation) ELSE 0 END;

-- What left the quarantine stays here with its bytes if the log holds others in its place: nothing is deleted.
ALTER TABLE quarantine ADD COLUMN settled INTEGER NOT NULL DEFAULT 0;
-- What is taken in later still has the time the server had it.
ALTER TABLE quarantine ADD COLUMN received_ms INTEGER;

-- Records whose creation has not come, or of a kind that was unknown when this was written: a handful, told with the
-- quarantine.
CREATE INDEX record_unknown ON record (rid) WHERE kind IS NULL OR kind > 28;
