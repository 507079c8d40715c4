"""Entries are held to their incident, evidence and organization by one check a statement instead of two a row.

A log brings tens of thousands of entries in one statement, all of the same incident and the same evidence; a foreign
key looks both up again for each. The trigger looks up each distinct pair once, with the lock that a foreign key takes,
and says more: the evidence must be the same incident's. The other side is held too: evidence can neither change nor
go (0002), and an incident that has entries can neither go nor change its organization.
"""

from django.db import migrations

CHECK = """
CREATE FUNCTION incidents_entries_belong() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM FROM incidents_incident i WHERE i.id IN (SELECT incident_id FROM fresh) FOR KEY SHARE;
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT organization_id, incident_id, evidence_id FROM fresh) f
        LEFT JOIN incidents_incident i ON (i.organization_id, i.id) = (f.organization_id, f.incident_id)
        LEFT JOIN incidents_evidence e
            ON (e.organization_id, e.incident_id, e.id) = (f.organization_id, f.incident_id, f.evidence_id)
        WHERE i.id IS NULL OR (f.evidence_id IS NOT NULL AND e.id IS NULL)
    ) THEN
        RAISE EXCEPTION 'an entry must belong to an incident of its organization, and rest on evidence of that incident'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE FUNCTION incidents_incident_has_entries() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (SELECT FROM incidents_entry WHERE incident_id = OLD.id) THEN
        RAISE EXCEPTION 'an incident with entries can neither be deleted nor change its organization'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN CASE TG_OP WHEN 'DELETE' THEN OLD ELSE NEW END;
END $$;

CREATE TRIGGER incidents_entry_belongs AFTER INSERT ON incidents_entry
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION incidents_entries_belong();
CREATE TRIGGER incidents_entry_stays BEFORE UPDATE ON incidents_entry FOR EACH ROW
    WHEN (NEW.organization_id IS DISTINCT FROM OLD.organization_id OR NEW.id IS DISTINCT FROM OLD.id)
    EXECUTE FUNCTION afterword_refuse_change();
CREATE TRIGGER incidents_incident_kept BEFORE DELETE ON incidents_incident
    FOR EACH ROW EXECUTE FUNCTION incidents_incident_has_entries();
CREATE TRIGGER incidents_incident_stays BEFORE UPDATE ON incidents_incident FOR EACH ROW
    WHEN (NEW.organization_id IS DISTINCT FROM OLD.organization_id OR NEW.id IS DISTINCT FROM OLD.id)
    EXECUTE FUNCTION incidents_incident_has_entries();

ALTER TABLE incidents_entry DROP CONSTRAINT incidents_entry_incident_id_same_org;
ALTER TABLE incidents_entry DROP CONSTRAINT incidents_entry_evidence_id_same_org;
"""

UNDO = """
ALTER TABLE incidents_entry ADD CONSTRAINT incidents_entry_incident_id_same_org
    FOREIGN KEY (organization_id, incident_id) REFERENCES incidents_incident (organization_id, id)
    DEFERRABLE INITIALLY DEFERRED;
ALTER TABLE incidents_entry ADD CONSTRAINT incidents_entry_evidence_id_same_org
    FOREIGN KEY (organization_id, evidence_id) REFERENCES incidents_evidence (organization_id, id)
    DEFERRABLE INITIALLY DEFERRED;
DROP TRIGGER incidents_incident_stays ON incidents_incident;
DROP TRIGGER incidents_incident_kept ON incidents_incident;
DROP TRIGGER incidents_entry_stays ON incidents_entry;
DROP TRIGGER incidents_entry_belongs ON incidents_entry;
DROP FUNCTION incidents_incident_has_entries();
DROP FUNCTION incidents_entries_belong();
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0003_entries_checked_once")]

    operations = [migrations.RunSQL(CHECK, UNDO)]
