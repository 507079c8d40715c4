"""The whole application, and beside it ``/bare/``, which inserts one row and does nothing else.

The bare view has the same framework, database connection and answer, and no middleware at all. Ours is as in
production, but for its rate limit, which counts as ever and never says no.
"""

from __future__ import annotations

from django.core.handlers.wsgi import WSGIHandler
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.test import override_settings
from django.urls import path

from config.urls import urlpatterns as whole
from incidents.limits import Limiter
from incidents.views import deliveries

TABLE = "CREATE TABLE bench_delivery (id bigserial PRIMARY KEY, body bytea, at timestamptz DEFAULT now())"


def bare(request: HttpRequest) -> JsonResponse:
    """The least that taking a delivery can be: its body becomes a row, whoever sent it."""
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO bench_delivery (body) VALUES (%s)", [request.read()])
    answer = JsonResponse({"status": "stored"}, status=202)
    answer["Content-Length"] = len(answer.content)
    return answer


urlpatterns = [path("bare/", bare), *whole]


def handlers() -> tuple[WSGIHandler, WSGIHandler]:
    """The bare one and the whole one; ``ROOT_URLCONF`` must name this module while they answer."""
    deliveries.limiter = Limiter(burst=1e9)
    with override_settings(MIDDLEWARE=[]):
        nothing_around = WSGIHandler()
    return nothing_around, WSGIHandler()
