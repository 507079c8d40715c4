"""SAML: allauth's flow; what is not offered (single logout) says so."""

from __future__ import annotations

from allauth.socialaccount.providers.saml.utils import build_saml_config, get_app_or_404
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET
from onelogin.saml2.settings import OneLogin_Saml2_Settings


@login_not_required
@require_GET
def metadata(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """What the identity provider asks to be told about this installation."""
    app = get_app_or_404(request, organization_slug)
    config = build_saml_config(request, app.settings, organization_slug)
    config["sp"].pop("singleLogoutService")
    described = OneLogin_Saml2_Settings(settings=config, sp_validation_only=True).get_sp_metadata()
    return HttpResponse(described, content_type="application/samlmetadata+xml")


@login_not_required
@csrf_exempt
def no_single_logout(request: HttpRequest, organization_slug: str) -> HttpResponse:
    """allauth asks for this address to exist; leaving the company's directory ends sessions here within 12 hours."""
    raise Http404("Single logout is not offered.")
