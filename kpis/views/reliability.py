"""Is it helping? The three numbers, what is owed, and what to discuss."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from governance import access
from governance.access import Permission
from governance.errors import AccessDenied, AfterwordError
from governance.middleware import OrganizationRequest
from kpis import deciding, selectors, services
from kpis.cards import card, count_line, duration_line
from kpis.charts import bar
from kpis.forms import DAYS, BaselineForm, WindowForm


@require_GET
def reliability(request: OrganizationRequest, org: str) -> HttpResponse:
    return render(request, "kpis/reliability.html", _context(request, BaselineForm()))


@require_POST
def capture(request: OrganizationRequest, org: str) -> HttpResponse:
    access.require(request.user, Permission.CAPTURE_BASELINE, request.organization)
    form = BaselineForm(request.POST)
    if form.is_valid():
        try:
            services.capture_baseline(
                actor=request.user, organization=request.organization, **form.cleaned_data
            )
        except AccessDenied:
            raise
        except AfterwordError as error:
            form.add_error(None, str(error))
        else:
            messages.success(request, "The baseline is captured. The numbers are now held against it.")
            return redirect("kpis:reliability", org)
    return render(request, "kpis/reliability.html", _context(request, form), status=422)


def _context(request: OrganizationRequest, form: BaselineForm) -> dict[str, Any]:
    chosen = request.GET.get("days", "180")
    days = int(chosen) if chosen in DAYS else 180
    today = timezone.now().date()
    window = selectors.Window.last_days(days, today)
    real = request.GET.get("real") == "on"
    facts = selectors.facts_in(request.user, window, synthetic=not real)
    measures = selectors.measures(facts, today)
    baseline = selectors.latest_baseline(request.user)
    held_against = selectors.baseline_measures(baseline)
    series = selectors.monthly(facts, today)
    debt = selectors.overdue_debt(request.user, today, synthetic=not real)
    oldest = max((one.oldest_days for one in debt), default=1)
    decided = selectors.decided_in(request.user, window, synthetic=not real)
    exceptions = selectors.exceptions_in(request.user, window, synthetic=not real)
    return {
        "deciding": [
            duration_line(deciding.WRITING_TIME, deciding.measure_writing(decided)),
            duration_line(deciding.SIGNATURE_TIME, deciding.measure_signatures(decided)),
            count_line(deciding.EXCEPTIONS, exceptions),
        ],
        "cards": [card(measure, held_against.get(key), series[key]) for key, measure in measures.items()],
        "window": window,
        "window_form": WindowForm(initial={"days": str(days), "real": real}),
        "baseline": baseline,
        "baseline_form": form,
        "may_capture": access.can(request.user, Permission.CAPTURE_BASELINE, request.organization),
        "synthetic": sum(fact.is_synthetic for fact in facts.declared),
        "incidents": len(facts.declared),
        "debt": [
            (one, bar(one.oldest_days / oldest, tone="warn" if one.oldest_days > 14 else "ask"))
            for one in debt
        ],
        "debt_items": sum(one.items for one in debt),
        "debt_days": sum(one.item_days for one in debt),
        "repeats": selectors.repeats_in(request.user, window, synthetic=not real)[:8],
    }
