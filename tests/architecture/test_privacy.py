"""What hangs on a private incident is found by its model: none can be forgotten."""

from __future__ import annotations

from itertools import chain
from typing import Any

import pytest
from django.apps import apps
from django.db import models

from governance.models import OrganizationOwned
from incidents.models import Incident

OWNED: list[type[OrganizationOwned]] = [
    model for model in apps.get_models() if issubclass(model, OrganizationOwned)
]


def _target(model: Any, path: str) -> Any:
    """The model at the end of a path of relations."""
    for name in path.split("__"):
        model = model if name == "pk" else model._meta.get_field(name).related_model
    return model


def _hanging() -> set[type[models.Model]]:
    """Every owned model from which foreign keys lead to an incident, over any number of rows."""
    found: set[Any] = {Incident}
    while True:
        more = {model for model in OWNED if {field.related_model for field in _keys(model)} & found}
        if more <= found:
            return found
        found |= more


def _keys(model: Any) -> list[Any]:
    return [field for field in model._meta.concrete_fields if field.related_model]


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_model_says_how_it_hangs_on_an_incident(model: type[OrganizationOwned]) -> None:
    assert {_target(model, path) for path in model.incident_paths} == (
        {Incident} if model in _hanging() else set()
    )


@pytest.mark.parametrize("model", OWNED, ids=lambda model: model._meta.label)
def test_own_key_to_an_incident_is_one_of_the_ways(model: type[OrganizationOwned]) -> None:
    own = {field.name for field in _keys(model) if field.related_model is Incident} - {"repeat_of"}
    assert own <= set(model.incident_paths)


def test_only_an_arrival_can_come_into_several_incidents() -> None:
    several = {model.__name__ for model in OWNED if len(model.incident_paths) > 1}
    assert several == {"Arrival"}
    assert set(chain(*(model.incident_paths for model in OWNED))) >= {"pk", "incident", "review__incident"}
