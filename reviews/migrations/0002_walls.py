"""No row points across organizations; revisions, snapshots and what was signed or published never change."""

from django.db import migrations

from governance.tenancy import Immutable, SameOrganization


class Migration(migrations.Migration):
    dependencies = [("reviews", "0001_initial"), ("incidents", "0002_walls")]

    operations = [
        SameOrganization("review", "incident"),
        SameOrganization("section", "review"),
        SameOrganization("revision", "section"),
        SameOrganization("passage", "section"),
        SameOrganization("citation", "passage", "entry"),
        SameOrganization("factor", "review"),
        SameOrganization("factorevidence", "factor", "entry"),
        SameOrganization("question", "review"),
        SameOrganization("snapshot", "review"),
        SameOrganization("signoff", "review", "snapshot"),
        SameOrganization("signedservice", "signoff", "service"),
        SameOrganization("publication", "review", "snapshot"),
        Immutable("revision"),
        Immutable("snapshot"),
        Immutable("signoff", "review_id", "snapshot_id", "role", "signer_id", "confidence", "reason", "signed_at"),
        Immutable("publication", "review_id", "number", "snapshot_id", "published_by_id", "published_at"),
    ]
