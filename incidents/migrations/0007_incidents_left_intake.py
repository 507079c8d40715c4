"""Incidents that were opened before there was an intake have left it."""

from django.db import migrations
from django.db.models import F


def accept(apps, schema_editor):
    apps.get_model("incidents", "Incident")._base_manager.filter(accepted_at=None).update(
        accepted_at=F("created_at")
    )


class Migration(migrations.Migration):
    dependencies = [("incidents", "0006_intake_walls")]

    operations = [migrations.RunPython(accept, migrations.RunPython.noop)]
