"""OpenID Connect: allauth's flow, with every claim of the identity token checked.

allauth trusts the line on which it fetched the token; here the signature, the audience, the issuer, the expiry and the
nonce are checked as well, and the userinfo must be about the same person.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit, urlunsplit

import jwt
from allauth.socialaccount.adapter import get_adapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.models import SocialApp
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.views.decorators.http import require_GET
from requests import RequestException

ALGORITHMS = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "EdDSA"]
CLOCKS_DIFFER = 60  # seconds


class CheckedAdapter(OpenIDConnectOAuth2Adapter):
    """Takes nothing from the provider that its keys do not vouch for."""

    def complete_login(self, request: HttpRequest, app: Any, token: Any, **kwargs: Any) -> Any:
        claims = self._claims(app, str(kwargs["response"].get("id_token", "")))
        expected = nonce_of(request.GET.get("state", ""))
        if not constant_time_compare(str(claims.get("nonce", "")), expected):
            raise OAuth2Error("The identity token answers another question.")
        said = self._userinfo(token.token)
        if said and said.get("sub") != claims["sub"]:
            raise OAuth2Error("The identity token and the userinfo are about two people.")
        data = {"userinfo": {**claims, **said}, "id_token": claims}
        return self.get_provider().sociallogin_from_response(request, data)

    def _claims(self, app: Any, id_token: str) -> dict[str, Any]:
        try:
            claims: dict[str, Any] = jwt.decode(
                id_token,
                key=self._key(id_token),
                algorithms=ALGORITHMS,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=CLOCKS_DIFFER,
                options={"require": ["exp", "iat", "iss", "aud", "sub"]},
            )
        except (jwt.PyJWTError, KeyError) as error:
            raise OAuth2Error(f"The identity token is not valid: {error}.") from error
        return claims

    def _key(self, id_token: str) -> Any:
        """The provider's key that the token names; the only one, when the token names none."""
        kid = jwt.get_unverified_header(id_token).get("kid")
        with get_adapter().get_requests_session() as session:
            answer = session.get(self.openid_config["jwks_uri"])
            answer.raise_for_status()
        keys = jwt.PyJWKSet.from_dict(answer.json()).keys
        fitting = [key for key in keys if kid in (None, key.key_id)]
        if len(fitting) != 1:
            raise OAuth2Error("The identity token is signed by a key that the provider does not publish.")
        return fitting[0].key

    def _userinfo(self, access_token: str) -> dict[str, Any]:
        address = self.openid_config.get("userinfo_endpoint")
        if not address:
            return {}
        with get_adapter().get_requests_session() as session:
            answer = session.get(address, headers={"Authorization": f"Bearer {access_token}"})
            answer.raise_for_status()
        return dict(answer.json())


def nonce_of(state: str) -> str:
    """The nonce that belongs to a state, which allauth keeps in the session and takes once."""
    return salted_hmac("governance.door.oidc", state, algorithm="sha256").hexdigest()


@login_not_required
@require_GET
def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Off to the provider, with a nonce."""
    response = _called(OAuth2LoginView, request, provider_id)
    if response.status_code == 302 and "state=" in response["Location"]:
        response["Location"] = _with_nonce(response["Location"])
    return response


@login_not_required
@require_GET
def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    return _called(OAuth2CallbackView, request, provider_id)


def _called(view: Any, request: HttpRequest, provider_id: str) -> HttpResponse:
    adapter = CheckedAdapter(request, provider_id)
    try:
        response: HttpResponse = view.adapter_view(adapter)(request)
    except SocialApp.DoesNotExist:
        raise Http404("There is no such provider.") from None
    except (RequestException, KeyError, ValueError) as error:
        response = render_authentication_error(request, adapter.get_provider(), exception=error)
    return response


def _with_nonce(address: str) -> str:
    parts = urlsplit(address)
    asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
    asked["nonce"] = nonce_of(asked["state"])
    return urlunsplit(parts._replace(query=urlencode(asked)))
