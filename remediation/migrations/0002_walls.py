"""No row points across organizations."""

from django.db import migrations

from governance.tenancy import SameOrganization


class Migration(migrations.Migration):
    dependencies = [("remediation", "0001_initial"), ("reviews", "0002_walls")]

    operations = [
        SameOrganization("actionitem", "review", "factor"),
        SameOrganization("dependency", "item", "depends_on"),
        SameOrganization("trackerissue", "item"),
    ]
