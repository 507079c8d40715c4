"""No row of deciding or talking points across organizations; what was ruled, moved and signed never changes."""

from django.db import migrations

from governance.tenancy import Immutable, SameOrganization

_TRIGGERS = "; ".join(
    f"DROP TRIGGER IF EXISTS reviews_signoff_{name} ON reviews_signoff"
    for name in ("no_update", "no_delete", "no_truncate")
)
_BEFORE = """
CREATE TRIGGER reviews_signoff_no_update BEFORE UPDATE ON reviews_signoff FOR EACH ROW
WHEN (NEW.review_id IS DISTINCT FROM OLD.review_id OR NEW.snapshot_id IS DISTINCT FROM OLD.snapshot_id
OR NEW.role IS DISTINCT FROM OLD.role OR NEW.signer_id IS DISTINCT FROM OLD.signer_id
OR NEW.confidence IS DISTINCT FROM OLD.confidence OR NEW.reason IS DISTINCT FROM OLD.reason
OR NEW.signed_at IS DISTINCT FROM OLD.signed_at) EXECUTE FUNCTION afterword_refuse_change();
CREATE TRIGGER reviews_signoff_no_delete BEFORE DELETE ON reviews_signoff FOR EACH ROW
EXECUTE FUNCTION afterword_refuse_change();
CREATE TRIGGER reviews_signoff_no_truncate BEFORE TRUNCATE ON reviews_signoff FOR EACH STATEMENT
EXECUTE FUNCTION afterword_refuse_change()
"""
_SIGNED = (
    "review_id",
    "snapshot_id",
    "role",
    "signer_id",
    "confidence",
    "no_single_cause",
    "reason",
    "on_behalf_of_id",
    "method",
    "authenticated_at",
    "signed_at",
)
_GRANTED = (
    "incident_id",
    "kind",
    "role",
    "service_id",
    "check_code",
    "reason",
    "ends_on",
    "granted_by_id",
    "granted_at",
)


class Migration(migrations.Migration):
    dependencies = [("reviews", "0005_deciding_and_talking"), ("incidents", "0009_reader_walls")]

    operations = [
        SameOrganization("review", "policy", "superseded_by"),
        SameOrganization("statechange", "review"),
        SameOrganization("look", "review", "snapshot"),
        SameOrganization("waiver", "incident", "service"),
        SameOrganization("thread", "review", "section", "entry"),
        SameOrganization("comment", "thread"),
        SameOrganization("unsavedtext", "section"),
        SameOrganization("presence", "section"),
        Immutable("reviewpolicy"),
        Immutable("waiver", *_GRANTED),
        migrations.RunSQL(_TRIGGERS, _BEFORE),
        Immutable("signoff", *_SIGNED),
    ]
