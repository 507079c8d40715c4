"""A language model is one more system that an organization may connect."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("governance", "0008_how_often_something_was_tried")]

    operations = [
        migrations.AlterField(
            model_name="connection",
            name="kind",
            field=models.CharField(
                choices=[
                    ("confluence", "Confluence"),
                    ("slack", "Slack"),
                    ("jira", "Jira"),
                    ("pagerduty", "PagerDuty"),
                    ("prometheus", "Prometheus"),
                    ("loki", "Loki"),
                    ("cloudwatch", "CloudWatch Logs"),
                    ("statuspage", "Statuspage"),
                    ("model", "Language model"),
                ],
                max_length=20,
            ),
        ),
    ]
