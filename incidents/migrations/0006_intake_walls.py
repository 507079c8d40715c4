"""Intake stays inside its organization; what arrived, and what was read from it, never changes.

The lines of a long log come by the hundred thousand in one statement, so they are checked as entries are (0004): once a
statement, and more strictly than by a foreign key.
"""

from django.db import migrations

from governance.tenancy import Immutable, SameOrganization

LINES = """
CREATE FUNCTION incidents_lines_belong() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT organization_id, evidence_id FROM fresh) f
        LEFT JOIN incidents_evidence e ON (e.organization_id, e.id) = (f.organization_id, f.evidence_id)
        WHERE e.id IS NULL
    ) THEN
        RAISE EXCEPTION 'a log line must rest on evidence of its organization'
            USING ERRCODE = 'foreign_key_violation';
    END IF;
    RETURN NULL;
END $$;

CREATE TRIGGER incidents_logline_belongs AFTER INSERT ON incidents_logline
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION incidents_lines_belong();
"""

# Evidence is written before what is read from it, and its counts are filled in once, when the reading is done.
EVIDENCE = """
DROP TRIGGER incidents_evidence_no_update ON incidents_evidence;
CREATE TRIGGER incidents_evidence_no_update BEFORE UPDATE ON incidents_evidence FOR EACH ROW WHEN (
    OLD.entry_count <> 0 OR OLD.line_count <> 0 OR OLD.skipped <> '[]'
    OR (OLD.id, OLD.organization_id, OLD.incident_id, OLD.arrival_id, OLD.kind, OLD.filename, OLD.sha256, OLD.size,
        OLD.file, OLD.zone, OLD.clock_offset, OLD.declared, OLD.imported_by_id, OLD.imported_at)
    IS DISTINCT FROM
       (NEW.id, NEW.organization_id, NEW.incident_id, NEW.arrival_id, NEW.kind, NEW.filename, NEW.sha256, NEW.size,
        NEW.file, NEW.zone, NEW.clock_offset, NEW.declared, NEW.imported_by_id, NEW.imported_at)
) EXECUTE FUNCTION afterword_refuse_change();
"""

EVIDENCE_AS_BEFORE = """
DROP TRIGGER incidents_evidence_no_update ON incidents_evidence;
CREATE TRIGGER incidents_evidence_no_update BEFORE UPDATE ON incidents_evidence
    FOR EACH ROW EXECUTE FUNCTION afterword_refuse_change();
"""

UNDO = """
DROP TRIGGER incidents_logline_belongs ON incidents_logline;
DROP FUNCTION incidents_lines_belong();
"""


class Migration(migrations.Migration):
    dependencies = [("incidents", "0005_intake")]

    operations = [
        SameOrganization("arrival", "hook", "incident"),
        SameOrganization("evidence", "arrival"),
        SameOrganization("entry", "folded_into"),
        SameOrganization("incidentlink", "incident"),
        SameOrganization("intakerule", "service"),
        SameOrganization("logpattern", "evidence", "entry"),
        SameOrganization("measured", "entry"),
        SameOrganization("attachment", "incident", "entry"),
        SameOrganization("clockoffset", "incident"),
        SameOrganization("curation", "incident"),
        Immutable(
            "arrival",
            "organization_id",
            "hook_id",
            "way",
            "delivery",
            "headers",
            "body",
            "file",
            "sha256",
            "size",
            "received_at",
            "received_by_id",
        ),
        Immutable("logline"),
        Immutable("measured"),
        Immutable("attachment"),
        migrations.RunSQL(LINES, UNDO),
        migrations.RunSQL(EVIDENCE, EVIDENCE_AS_BEFORE),
    ]
