"""Who may see a private incident belongs to its organization."""

from django.db import migrations

from governance.tenancy import SameOrganization


class Migration(migrations.Migration):
    dependencies = [("incidents", "0008_private_incidents")]

    operations = [SameOrganization("incidentreader", "incident")]
