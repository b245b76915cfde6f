-- A save names what its author had seen of every other lane, the device's own ones included: what the first laptop
-- wrote in one scope it has seen when it writes in another. Both kinds of lanes therefore note when they last grew.
ALTER TABLE lane ADD COLUMN grown INTEGER NOT NULL DEFAULT 0;
UPDATE installation SET sightings = sightings + 1;
UPDATE lane SET grown = CASE WHEN own = 0 THEN sighting WHEN next_save > 1 THEN (SELECT sightings FROM installation) ELSE 0 END;

-- The newest segment format the program could read that last judged what is held back; a newer program judges anew.
ALTER TABLE installation ADD COLUMN judged_by INTEGER NOT NULL DEFAULT 0;
