"""Entries are checked once: the composite keys of 0002 say all that the plain foreign keys said."""

import django.db.models.deletion
from django.db import migrations, models

PROTECT = django.db.models.deletion.PROTECT


class Migration(migrations.Migration):
    dependencies = [("governance", "0002_audit_chain"), ("incidents", "0002_walls")]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="evidence",
            field=models.ForeignKey(
                db_constraint=False,
                null=True,
                on_delete=PROTECT,
                related_name="entries",
                to="incidents.evidence",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="incident",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=PROTECT,
                related_name="entries",
                to="incidents.incident",
            ),
        ),
        migrations.AlterField(
            model_name="entry",
            name="organization",
            field=models.ForeignKey(
                db_constraint=False,
                db_index=False,
                on_delete=PROTECT,
                related_name="+",
                to="governance.organization",
            ),
        ),
    ]
