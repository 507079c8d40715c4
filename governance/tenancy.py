"""Migration operations that let the database keep organizations apart (invariant 9) and facts unchanged (3, 8)."""

from __future__ import annotations

from typing import Any

from django.db.migrations.operations.base import Operation


class SameOrganization(Operation):
    """Doubles a foreign key by a composite one over (organization, id), so that it cannot point across.

    The referenced table gets a unique key over (organization_id, id) once; nullable keys stay nullable (MATCH SIMPLE).
    """

    reduces_to_sql = True
    reversible = True

    def __init__(self, model: str, *fields: str) -> None:
        self.model = model
        self.fields = fields

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.model, *self.fields], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """The model state does not change: Django knows nothing of the second key."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = to_state.apps.get_model(app_label, self.model)
        for name in self.fields:
            field = model._meta.get_field(name)
            target = field.related_model._meta.db_table
            schema_editor.execute(
                f"CREATE UNIQUE INDEX IF NOT EXISTS {target}_organization_key ON {target} (organization_id, id)"
            )
            schema_editor.execute(
                f"ALTER TABLE {model._meta.db_table} ADD CONSTRAINT {model._meta.db_table}_{field.column}_same_org "
                f"FOREIGN KEY (organization_id, {field.column}) REFERENCES {target} (organization_id, id) "
                "DEFERRABLE INITIALLY DEFERRED"
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        model = from_state.apps.get_model(app_label, self.model)
        for name in self.fields:
            column = model._meta.get_field(name).column
            schema_editor.execute(
                f"ALTER TABLE {model._meta.db_table} DROP CONSTRAINT IF EXISTS {model._meta.db_table}_{column}_same_org"
            )

    def describe(self) -> str:
        return f"Keep {', '.join(self.fields)} of {self.model} inside one organization"


class Immutable(Operation):
    """Refuses UPDATE of the named columns (all when none is named) and DELETE and TRUNCATE of the table.

    Needs the function ``afterword_refuse_change`` of governance's first migration.
    """

    reversible = True

    def __init__(self, model: str, *columns: str) -> None:
        self.model = model
        self.columns = columns

    def deconstruct(self) -> tuple[str, list[Any], dict[str, Any]]:
        return (self.__class__.__name__, [self.model, *self.columns], {})

    def state_forwards(self, app_label: str, state: Any) -> None:
        """Triggers are no part of the model state."""

    def database_forwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = to_state.apps.get_model(app_label, self.model)._meta.db_table
        changed = " OR ".join(f"NEW.{column} IS DISTINCT FROM OLD.{column}" for column in self.columns)
        when = f"WHEN ({changed}) " if changed else ""
        for name, event, extra in (
            ("no_update", "UPDATE", f"FOR EACH ROW {when}"),
            ("no_delete", "DELETE", "FOR EACH ROW "),
            ("no_truncate", "TRUNCATE", "FOR EACH STATEMENT "),
        ):
            schema_editor.execute(
                f"CREATE TRIGGER {table}_{name} BEFORE {event} ON {table} {extra}"
                "EXECUTE FUNCTION afterword_refuse_change()"
            )

    def database_backwards(self, app_label: str, schema_editor: Any, from_state: Any, to_state: Any) -> None:
        table = from_state.apps.get_model(app_label, self.model)._meta.db_table
        for name in ("no_update", "no_delete", "no_truncate"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {table}_{name} ON {table}")

    def describe(self) -> str:
        return f"Refuse changes of {', '.join(self.columns) or 'every column'} of {self.model}"
