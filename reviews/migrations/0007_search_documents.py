"""A row for each published review that search and the look for similar incidents read."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.contrib.postgres.search
import django.db.models.deletion
from django.db import migrations, models

from governance.tenancy import SameOrganization


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0008_how_often_something_was_tried'),
        ('incidents', '0009_reader_walls'),
        ('reviews', '0006_deciding_walls'),
    ]

    operations = [
        migrations.CreateModel(
            name='SearchDocument',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('title', models.CharField(max_length=200)),
                ('summary', models.TextField(blank=True)),
                ('causes', models.TextField(blank=True)),
                ('rest', models.TextField(blank=True)),
                ('services', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=200), default=list, size=None)),
                ('templates', django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None)),
                ('severity', models.PositiveSmallIntegerField(choices=[(1, 'SEV1'), (2, 'SEV2'), (3, 'SEV3'), (4, 'SEV4')])),
                ('declared_at', models.DateTimeField()),
                ('published_at', models.DateTimeField()),
                ('is_synthetic', models.BooleanField(default=False)),
                ('vector', models.GeneratedField(db_persist=True, expression=django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.CombinedSearchVector(django.contrib.postgres.search.SearchVector('title', config='english', weight='A'), '||', django.contrib.postgres.search.SearchVector('summary', 'causes', config='english', weight='B'), django.contrib.postgres.search.SearchConfig('english')), '||', django.contrib.postgres.search.SearchVector('rest', config='english', weight='C'), django.contrib.postgres.search.SearchConfig('english')), output_field=django.contrib.postgres.search.SearchVectorField())),
                ('incident', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='search_document', to='incidents.incident')),
                ('organization', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.organization')),
                ('publication', models.OneToOneField(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='search_document', to='reviews.publication')),
                ('review', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='search_document', to='reviews.review')),
            ],
            options={
                'ordering': ['is_synthetic', '-published_at', '-id'],
                'indexes': [django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['vector'], name='search_by_words'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['services'], name='search_by_services'), django.contrib.postgres.indexes.GinIndex(fastupdate=False, fields=['templates'], name='search_by_templates'), models.Index(models.F('organization'), models.F('is_synthetic'), models.OrderBy(models.F('published_at'), descending=True), models.OrderBy(models.F('id'), descending=True), name='search_newest')],
                'constraints': [models.CheckConstraint(condition=models.Q(('severity__in', [1, 2, 3, 4])), name='search_severity_known')],
            },
        ),
        SameOrganization('searchdocument', 'incident', 'review', 'publication'),
    ]
