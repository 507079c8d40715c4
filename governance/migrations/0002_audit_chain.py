"""The audit chain and the walls between organizations, kept by the database."""

from django.db import migrations

from governance.tenancy import Immutable

REFUSE = """
CREATE FUNCTION afterword_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION '% keeps what it has: % is refused', TG_TABLE_NAME, TG_OP
        USING ERRCODE = 'integrity_constraint_violation';
END $$;
"""

CHAIN = """
CREATE FUNCTION afterword_chain_audit() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    last record;
BEGIN
    PERFORM pg_advisory_xact_lock(hashtext('afterword.audit'), NEW.organization_id::int);
    SELECT sequence, hash INTO last FROM governance_auditentry
        WHERE organization_id = NEW.organization_id ORDER BY sequence DESC LIMIT 1;
    NEW.sequence := coalesce(last.sequence, 0) + 1;
    NEW.previous_hash := coalesce(last.hash, repeat('0', 64));
    NEW.at := clock_timestamp();
    NEW.hash := encode(sha256(convert_to(concat_ws(chr(31),
        NEW.previous_hash, NEW.organization_id::text, NEW.sequence::text,
        to_char(NEW.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'),
        coalesce(NEW.actor_id::text, ''), NEW.action, NEW.subject, NEW.data), 'UTF8')), 'hex');
    RETURN NEW;
END $$;
CREATE TRIGGER governance_auditentry_chain BEFORE INSERT ON governance_auditentry
    FOR EACH ROW EXECUTE FUNCTION afterword_chain_audit();
"""


class Migration(migrations.Migration):
    dependencies = [("governance", "0001_initial")]

    operations = [
        migrations.RunSQL(REFUSE, "DROP FUNCTION afterword_refuse_change()"),
        migrations.RunSQL(
            CHAIN,
            "DROP TRIGGER governance_auditentry_chain ON governance_auditentry; DROP FUNCTION afterword_chain_audit()",
        ),
        Immutable("auditentry"),
    ]
