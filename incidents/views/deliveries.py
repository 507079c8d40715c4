"""Where outside systems deliver: proven over the raw body, stored, answered; read later (invariant 11)."""

from __future__ import annotations

import math
import time
from datetime import UTC, datetime

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, JsonResponse
from django.http.request import RawPostDataException, UnreadablePostError
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from incidents.enums import HookKind
from incidents.hooks import SENDERS, Delivery, Refused
from incidents.limits import Limiter
from incidents.models import Hook
from incidents.services import hooks, receiving

LARGEST = 10 * 2**20
limiter = Limiter()


@csrf_exempt
@login_not_required
@require_POST
def deliver(request: HttpRequest, token: str) -> JsonResponse:
    """202 for what is stored (now or before), 401 for what proves nothing, 404, 413 and 429."""
    if wait := limiter.wait(token):
        answer = JsonResponse({"error": "Too many deliveries. Send it again later."}, status=429)
        answer["Retry-After"] = str(math.ceil(wait))
        return answer
    hook = hooks.find(token) if token.isascii() else None
    if hook is None:
        return JsonResponse({"error": "There is no such address, or it is closed."}, status=404)
    try:
        body = request.read(LARGEST + 1)
    except (UnreadablePostError, RawPostDataException, OSError):
        return JsonResponse({"error": "The body did not arrive whole. Send it again."}, status=400)
    if len(body) > LARGEST:
        return JsonResponse({"error": f"A delivery has {LARGEST // 2**20} MB at most."}, status=413)
    return _take(hook, Delivery(_headers(request), _query(request), body, time.time()))


def _take(hook: Hook, delivery: Delivery) -> JsonResponse:
    sender = SENDERS[HookKind(hook.kind)]
    if not delivery.body:
        return JsonResponse({"error": "The body is empty."}, status=400)
    try:
        sender.check(delivery, _secrets(hook, delivery), hook.options)
    except Refused as error:
        hooks.note_refusal(hook, str(error))
        return JsonResponse({"error": "The delivery is not shown to come from its sender."}, status=401)
    headers = {name: delivery.headers[name][:300] for name in sender.kept if name in delivery.headers}
    stored = receiving.receive(
        hook=hook,
        kind=sender.source,
        delivery=delivery.headers.get(sender.id_header, "").strip() if sender.id_header else "",
        headers=headers,
        body=delivery.body,
    )
    said = sender.answer(delivery) or {"status": "stored" if stored else "known already"}
    return JsonResponse(said, status=200 if "challenge" in said else 202)


def _secrets(hook: Hook, delivery: Delivery) -> list[str]:
    return hook.secrets(datetime.fromtimestamp(delivery.now, UTC))


def _headers(request: HttpRequest) -> dict[str, str]:
    """In lower case; written out, because ``request.headers`` takes a tenth of the time that a delivery needs."""
    found: dict[str, str] = {
        name[5:].replace("_", "-").lower(): value
        for name, value in request.META.items()
        if name.startswith("HTTP_")
    }
    return found


def _query(request: HttpRequest) -> dict[str, str]:
    return request.GET.dict() if request.META.get("QUERY_STRING") else {}
