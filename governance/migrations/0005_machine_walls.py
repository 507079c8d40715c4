"""Tokens and the accounts that they belong to stay inside one organization; who stood in for whom never changes."""

from django.db import migrations

from governance.tenancy import Immutable, SameOrganization


class Migration(migrations.Migration):
    dependencies = [("governance", "0004_people_machines_and_notices")]

    operations = [
        SameOrganization("servicetoken", "account"),
        Immutable("delegation", "organization_id", "principal_id", "delegate_id", "starts_on", "ends_on", "reason"),
    ]
