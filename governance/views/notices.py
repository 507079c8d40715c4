"""Notices: what happened that concerns a person, and by which ways they hear of it."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.core import signing
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST
from django_scopes import scope

from governance import selectors, services
from governance.channels.mail import SALT
from governance.enums import NoticeKind
from governance.forms import NoticeChoicesForm
from governance.middleware import OrganizationRequest
from governance.models import Notice, Organization, User

PAGE_SIZE = 50


@never_cache
@require_GET
def notices(request: OrganizationRequest, org: str) -> HttpResponse:
    page = Paginator(selectors.notices_of(request.user), PAGE_SIZE).get_page(request.GET.get("page"))
    return render(request, "governance/notices.html", {"page": page})


@never_cache
@require_GET
def notice(request: OrganizationRequest, org: str, pk: int) -> HttpResponse:
    """To the passage that a notice is about; it has been read by that."""
    row: Notice = get_object_or_404(selectors.notices_of(request.user), pk=pk)
    services.read_notices(actor=request.user, notices=[row])
    return redirect(row.path)


@require_POST
def read(request: OrganizationRequest, org: str) -> HttpResponse:
    """Nothing here is new any more."""
    services.read_notices(actor=request.user)
    return redirect("governance:notices", org)


@require_http_methods(["GET", "POST"])
def choices(request: OrganizationRequest, org: str) -> HttpResponse:
    form = NoticeChoicesForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        services.choose_notices(actor=request.user, organization=request.organization, wanted=form.wanted)
        messages.success(request, "From now on this is what reaches you.")
        return redirect("governance:notice_choices", org)
    return render(
        request, "governance/notice_choices.html", {"form": form}, status=422 if form.errors else 200
    )


@login_not_required
@csrf_exempt
@never_cache
@require_http_methods(["GET", "POST"])
def stop_mail(request: HttpRequest, token: str) -> HttpResponse:
    """Where the link at a mail's end leads, signed in or not; mail programs post to it by themselves (RFC 8058)."""
    try:
        facts = signing.loads(token, salt=SALT)
    except signing.BadSignature as error:
        raise Http404("No such page.") from error
    person = get_object_or_404(User, pk=facts["person"])
    organization = get_object_or_404(Organization, pk=facts["organization"])
    kinds = [NoticeKind(kind) for kind in facts["kinds"] if kind in NoticeKind.values]
    if request.method == "POST":
        with scope(organization=organization):
            services.stop_mail(person=person, organization_id=organization.pk, kinds=kinds)
    context = {"kinds": kinds, "of": organization, "done": request.method == "POST"}
    return render(request, "governance/stop_mail.html", context)
