"""No row points across organizations; raw evidence and the originals of entries never change."""

from django.db import migrations

from governance.tenancy import Immutable, SameOrganization


class Migration(migrations.Migration):
    dependencies = [("incidents", "0001_initial"), ("governance", "0002_audit_chain")]

    operations = [
        SameOrganization("incident", "repeat_of"),
        SameOrganization("affectedservice", "incident", "service"),
        SameOrganization("evidence", "incident"),
        SameOrganization("entry", "incident", "evidence"),
        SameOrganization("milestone", "incident", "entry"),
        SameOrganization("correction", "entry"),
        Immutable("evidence"),
        Immutable(
            "entry",
            "incident_id",
            "evidence_id",
            "number",
            "original_at",
            "original_time",
            "original_text",
            "zone",
            "location",
            "digest",
            "author_id",
        ),
        Immutable("correction"),
    ]
