"""Templates, risks, confirmations, proposals and what a model was asked: the tables of a draft that can be defended."""

import django.contrib.postgres.fields
import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('governance', '0008_how_often_something_was_tried'),
        ('incidents', '0009_reader_walls'),
        ('reviews', '0007_search_documents'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='Confirmation',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('code', models.CharField(max_length=60)),
                ('note', models.TextField(blank=True, default='')),
                ('content_sha256', models.CharField(max_length=64)),
                ('confirmed_at', models.DateTimeField(auto_now_add=True)),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['confirmed_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='CustomerText',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('body', models.TextField(blank=True, default='')),
                ('version', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField(auto_now=True)),
                ('approved_at', models.DateTimeField(null=True)),
                ('approved_sha256', models.CharField(blank=True, default='', max_length=64)),
            ],
        ),
        migrations.CreateModel(
            name='ModelConsent',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('reason', models.TextField()),
                ('given_at', models.DateTimeField(auto_now_add=True)),
                ('revoked_at', models.DateTimeField(null=True)),
            ],
            options={
                'ordering': ['given_at', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ModelRun',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('done', 'Answered'), ('failed', 'Failed')], default='waiting', max_length=10)),
                ('requested_at', models.DateTimeField(auto_now_add=True)),
                ('finished_at', models.DateTimeField(null=True)),
                ('model', models.CharField(blank=True, default='', max_length=200)),
                ('host', models.CharField(blank=True, default='', max_length=300)),
                ('prompt_version', models.CharField(blank=True, default='', max_length=40)),
                ('prompt_sha256', models.CharField(blank=True, default='', max_length=64)),
                ('tokens_in', models.PositiveIntegerField(null=True)),
                ('tokens_out', models.PositiveIntegerField(null=True)),
                ('cost', models.DecimalField(decimal_places=6, max_digits=14, null=True)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('discarded', models.JSONField(default=dict)),
                ('failure', models.TextField(blank=True, default='')),
            ],
            options={
                'ordering': ['-requested_at', '-id'],
            },
        ),
        migrations.CreateModel(
            name='ModelSettings',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('is_enabled', models.BooleanField(default=False)),
                ('sections', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), default=list, size=None)),
                ('price_in', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ('price_out', models.DecimalField(decimal_places=4, max_digits=12, null=True)),
                ('currency', models.CharField(blank=True, default='', max_length=3)),
                ('version', models.PositiveIntegerField(default=1)),
                ('updated_at', models.DateTimeField(auto_now=True)),
            ],
            options={
                'verbose_name_plural': 'model settings',
            },
        ),
        migrations.CreateModel(
            name='Proposal',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('add', 'Add'), ('replace', 'Replace'), ('remove', 'Remove')], max_length=10)),
                ('provenance', models.CharField(choices=[('evidence', 'drafted from evidence'), ('person', 'written by a person'), ('model', 'suggested by a model')], max_length=10)),
                ('before', models.TextField(blank=True, default='')),
                ('text', models.TextField(blank=True, default='')),
                ('position', models.PositiveIntegerField(default=0)),
                ('because', models.CharField(blank=True, default='', max_length=300)),
                ('fingerprint', models.CharField(max_length=64)),
                ('state', models.CharField(choices=[('open', 'Open'), ('accepted', 'Accepted'), ('edited', 'Accepted with changes'), ('rejected', 'Rejected'), ('gone', 'No longer proposed')], default='open', max_length=10)),
                ('made_at', models.DateTimeField(auto_now_add=True)),
                ('decided_at', models.DateTimeField(null=True)),
                ('decided_text', models.TextField(blank=True, default='')),
            ],
            options={
                'ordering': ['section__position', 'position', 'id'],
            },
        ),
        migrations.CreateModel(
            name='ReviewTemplate',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('severity', models.PositiveSmallIntegerField(choices=[(1, 'SEV1'), (2, 'SEV2'), (3, 'SEV3'), (4, 'SEV4')], null=True)),
                ('version', models.PositiveIntegerField()),
                ('parts', models.JSONField()),
                ('note', models.CharField(blank=True, default='', max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'ordering': ['severity', '-version'],
            },
        ),
        migrations.CreateModel(
            name='Risk',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('number', models.PositiveSmallIntegerField()),
                ('statement', models.TextField()),
                ('review_on', models.DateField(null=True)),
                ('accepted_because', models.TextField(blank=True, default='')),
                ('provenance', models.CharField(choices=[('evidence', 'drafted from evidence'), ('person', 'written by a person'), ('model', 'suggested by a model')], max_length=10)),
                ('closed_at', models.DateTimeField(null=True)),
                ('closed_because', models.TextField(blank=True, default='')),
                ('version', models.PositiveIntegerField(default=1)),
            ],
            options={
                'ordering': ['number'],
            },
        ),
        migrations.RemoveConstraint(
            model_name='section',
            name='section_key_known',
        ),
        migrations.AddField(
            model_name='factor',
            name='nature',
            field=models.CharField(blank=True, choices=[('technical', 'Technical'), ('human', 'Human and organizational'), ('external', 'External')], default='', max_length=10),
        ),
        migrations.AddField(
            model_name='factor',
            name='whys',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.TextField(), default=list, size=None),
        ),
        migrations.AddField(
            model_name='section',
            name='guidance',
            field=models.TextField(blank=True, default=''),
        ),
        migrations.AddField(
            model_name='section',
            name='is_required',
            field=models.BooleanField(default=False),
        ),
        migrations.AddField(
            model_name='section',
            name='title',
            field=models.CharField(blank=True, default='', max_length=120),
        ),
        migrations.AlterField(
            model_name='question',
            name='section',
            field=models.CharField(choices=[('summary', 'Summary'), ('customer_impact', 'Customer impact'), ('detection', 'Detection'), ('contributing_factors', 'Contributing factors'), ('mitigation', 'Mitigation'), ('went_well', 'What went well, and where luck helped'), ('security', 'Security considerations'), ('surprises', 'What surprised us'), ('unresolved_risks', 'Unresolved risks'), ('lessons', 'Lessons')], max_length=30),
        ),
        migrations.AlterField(
            model_name='section',
            name='key',
            field=models.CharField(choices=[('summary', 'Summary'), ('customer_impact', 'Customer impact'), ('detection', 'Detection'), ('contributing_factors', 'Contributing factors'), ('mitigation', 'Mitigation'), ('went_well', 'What went well, and where luck helped'), ('security', 'Security considerations'), ('surprises', 'What surprised us'), ('unresolved_risks', 'Unresolved risks'), ('lessons', 'Lessons')], max_length=30),
        ),
        migrations.AddConstraint(
            model_name='factor',
            constraint=models.CheckConstraint(condition=models.Q(('nature__in', ['', 'technical', 'human', 'external'])), name='factor_nature_known'),
        ),
        migrations.AddConstraint(
            model_name='section',
            constraint=models.CheckConstraint(condition=models.Q(('key__in', ['summary', 'customer_impact', 'detection', 'contributing_factors', 'mitigation', 'went_well', 'security', 'surprises', 'unresolved_risks', 'lessons'])), name='section_key_known'),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='confirmed_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.organization'),
        ),
        migrations.AddField(
            model_name='confirmation',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='confirmations', to='reviews.review'),
        ),
        migrations.AddField(
            model_name='customertext',
            name='approved_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='customertext',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.organization'),
        ),
        migrations.AddField(
            model_name='customertext',
            name='review',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='customer_text', to='reviews.review'),
        ),
        migrations.AddField(
            model_name='customertext',
            name='updated_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='modelconsent',
            name='given_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='modelconsent',
            name='incident',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='model_consents', to='incidents.incident'),
        ),
        migrations.AddField(
            model_name='modelconsent',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.organization'),
        ),
        migrations.AddField(
            model_name='modelconsent',
            name='revoked_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='modelrun',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.organization'),
        ),
        migrations.AddField(
            model_name='modelrun',
            name='requested_by',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='modelrun',
            name='section',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='model_runs', to='reviews.section'),
        ),
        migrations.AddField(
            model_name='modelsettings',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.organization'),
        ),
        migrations.AddField(
            model_name='modelsettings',
            name='updated_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proposal',
            name='decided_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='proposal',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.organization'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='run',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='reviews.modelrun'),
        ),
        migrations.AddField(
            model_name='proposal',
            name='section',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='proposals', to='reviews.section'),
        ),
        migrations.AddField(
            model_name='reviewtemplate',
            name='created_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='reviewtemplate',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.organization'),
        ),
        migrations.AddField(
            model_name='review',
            name='template',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='reviews', to='reviews.reviewtemplate'),
        ),
        migrations.AddField(
            model_name='risk',
            name='author',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='risk',
            name='closed_by',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='risk',
            name='factor',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='risks', to='reviews.factor'),
        ),
        migrations.AddField(
            model_name='risk',
            name='organization',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to='governance.organization'),
        ),
        migrations.AddField(
            model_name='risk',
            name='owner',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.PROTECT, related_name='risks', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='risk',
            name='review',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='risks', to='reviews.review'),
        ),
        migrations.AddConstraint(
            model_name='confirmation',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('review', 'code'), name='confirmation_in_force_once'),
        ),
        migrations.AddConstraint(
            model_name='customertext',
            constraint=models.CheckConstraint(condition=models.Q(('approved_at__isnull', True), ('approved_by__isnull', False), _connector='OR'), name='customer_text_approved_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='modelconsent',
            constraint=models.CheckConstraint(condition=models.Q(('reason', ''), _negated=True), name='model_consent_has_a_reason'),
        ),
        migrations.AddConstraint(
            model_name='modelconsent',
            constraint=models.UniqueConstraint(condition=models.Q(('revoked_at__isnull', True)), fields=('incident',), name='model_consent_in_force_once'),
        ),
        migrations.AddConstraint(
            model_name='modelrun',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['waiting', 'done', 'failed'])), name='model_run_state_known'),
        ),
        migrations.AddConstraint(
            model_name='modelrun',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'waiting')), fields=('section',), name='model_run_waiting_once'),
        ),
        migrations.AddConstraint(
            model_name='modelsettings',
            constraint=models.UniqueConstraint(fields=('organization',), name='model_settings_once'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.UniqueConstraint(fields=('section', 'fingerprint'), name='proposal_said_once'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['add', 'replace', 'remove'])), name='proposal_kind_known'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'accepted', 'edited', 'rejected', 'gone'])), name='proposal_state_known'),
        ),
        migrations.AddConstraint(
            model_name='proposal',
            constraint=models.CheckConstraint(condition=models.Q(('state__in', ['open', 'gone']), ('decided_by__isnull', False), _connector='OR'), name='proposal_decided_by_someone'),
        ),
        migrations.AddConstraint(
            model_name='reviewtemplate',
            constraint=models.UniqueConstraint(fields=('organization', 'severity', 'version'), name='review_template_version_once', nulls_distinct=False),
        ),
        migrations.AddConstraint(
            model_name='risk',
            constraint=models.UniqueConstraint(fields=('review', 'number'), name='risk_number_once'),
        ),
        migrations.AddConstraint(
            model_name='risk',
            constraint=models.CheckConstraint(condition=models.Q(('statement', ''), _negated=True), name='risk_says_something'),
        ),
        migrations.AddConstraint(
            model_name='risk',
            constraint=models.CheckConstraint(condition=models.Q(('closed_at__isnull', True), models.Q(('closed_because', ''), _negated=True), _connector='OR'), name='risk_is_closed_with_a_reason'),
        ),
    ]
