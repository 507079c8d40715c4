"""A captured baseline never changes."""

from django.db import migrations

from governance.tenancy import Immutable


class Migration(migrations.Migration):
    dependencies = [("kpis", "0001_initial"), ("governance", "0002_audit_chain")]

    operations = [Immutable("baseline")]
