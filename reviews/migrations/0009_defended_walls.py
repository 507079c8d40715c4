"""No row of the defended draft points across organizations; templates and consents never change."""

from django.db import migrations

from governance.tenancy import Immutable, SameOrganization


class Migration(migrations.Migration):
    dependencies = [("reviews", "0008_defended_drafts")]

    operations = [
        SameOrganization("review", "template"),
        SameOrganization("risk", "review", "factor"),
        SameOrganization("customertext", "review"),
        SameOrganization("modelconsent", "incident"),
        SameOrganization("modelrun", "section"),
        SameOrganization("proposal", "section", "run"),
        SameOrganization("confirmation", "review"),
        Immutable("reviewtemplate"),
        Immutable("modelconsent", "incident_id", "reason", "given_by_id", "given_at"),
    ]
