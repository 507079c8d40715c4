"""Settings of the door: who may come in and what they show for it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.core.exceptions import ImproperlyConfigured

from config.env import Env

ADDRESS_ATTRIBUTES = (
    "email",
    "mail",
    "urn:oid:0.9.2342.19200300.100.1.3",
    "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/emailaddress",
)

APPS = (
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
    "allauth.socialaccount",
    "allauth.socialaccount.providers.openid_connect",
    "allauth.socialaccount.providers.saml",
)
_VALIDATORS = "django.contrib.auth.password_validation"


def door(environment: Env) -> dict[str, Any]:
    """Django's and allauth's settings for signing in; everything that guesses is limited by ``governance.limits``."""
    return {
        "AUTH_USER_MODEL": "governance.User",
        "AUTHENTICATION_BACKENDS": [
            "django.contrib.auth.backends.ModelBackend",
            "guardian.backends.ObjectPermissionBackend",
        ],
        "ANONYMOUS_USER_NAME": None,
        "LOGIN_URL": "account_login",
        "LOGIN_REDIRECT_URL": "/",
        "PASSWORD_HASHERS": [
            "django.contrib.auth.hashers.ScryptPasswordHasher",
            "django.contrib.auth.hashers.PBKDF2PasswordHasher",
        ],
        "PASSWORD_RESET_TIMEOUT": 60 * 60,
        "AUTH_PASSWORD_VALIDATORS": _validators(environment),
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1 if environment.behind_tls_proxy else 0,
        **_accounts(),
        **_further_proofs(),
        **_sign_on(environment),
    }


def _validators(environment: Env) -> list[dict[str, Any]]:
    stolen = environment.breached_passwords
    breached = {
        "NAME": "governance.door.breaches.BreachedPasswordValidator",
        "OPTIONS": {"path": str(stolen)},
    }
    return [
        {"NAME": f"{_VALIDATORS}.UserAttributeSimilarityValidator"},
        {"NAME": f"{_VALIDATORS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
        {"NAME": f"{_VALIDATORS}.CommonPasswordValidator"},
        *([breached] if stolen else []),
    ]


def _accounts() -> dict[str, Any]:
    return {
        "ACCOUNT_ADAPTER": "governance.door.adapters.AccountAdapter",
        "ACCOUNT_FORMS": {
            "login": "governance.door.forms.SignInForm",
            "reauthenticate": "governance.door.forms.ConfirmForm",
            "change_password": "governance.door.forms.NewPasswordForm",
        },
        "ACCOUNT_LOGIN_METHODS": {"email"},
        "ACCOUNT_SIGNUP_FIELDS": ["email*", "password1*", "password2*"],
        "ACCOUNT_USER_MODEL_USERNAME_FIELD": None,
        "ACCOUNT_EMAIL_VERIFICATION": "none",
        "ACCOUNT_EMAIL_UNKNOWN_ACCOUNTS": False,
        "ACCOUNT_LOGOUT_REDIRECT_URL": "account_login",
        "ACCOUNT_RATE_LIMITS": False,
        "ACCOUNT_SESSION_REMEMBER": True,
    }


def _further_proofs() -> dict[str, Any]:
    """One-time codes, recovery codes and passkeys; a clock may be wrong by half a minute."""
    return {
        "MFA_ADAPTER": "governance.door.adapters.ProofAdapter",
        "MFA_FORMS": {
            "authenticate": "governance.door.forms.CodeForm",
            "reauthenticate": "governance.door.forms.ConfirmByCodeForm",
            "activate_totp": "governance.door.forms.FirstCodeForm",
            "add_webauthn": "governance.door.forms.PasskeyForm",
            "edit_webauthn": "governance.door.forms.PasskeyNameForm",
        },
        "MFA_SUPPORTED_TYPES": ["totp", "webauthn", "recovery_codes"],
        "MFA_PASSKEY_LOGIN_ENABLED": True,
        "MFA_RATE_LIMITS": False,
        "MFA_TOTP_TOLERANCE": 1,
        "MFA_TOTP_ISSUER": "Afterword",
    }


def _sign_on(environment: Env) -> dict[str, Any]:
    """Single sign-on by what the environment names; the company's own directory is believed about its addresses."""
    providers: dict[str, Any] = {}
    if environment.oidc_url:
        providers["openid_connect"] = {"APPS": [_oidc(environment)], "OAUTH_PKCE_ENABLED": True}
    if environment.saml_metadata:
        providers["saml"] = {"APPS": [_saml(environment, environment.saml_metadata)]}
    return {
        "SOCIALACCOUNT_ADAPTER": "governance.door.adapters.SignOnAdapter",
        "SOCIALACCOUNT_PROVIDERS": providers,
        "SOCIALACCOUNT_EMAIL_VERIFICATION": "none",
        "SOCIALACCOUNT_LOGIN_ON_GET": True,
        "SOCIALACCOUNT_REQUESTS_TIMEOUT": 10,
    }


def _oidc(environment: Env) -> dict[str, Any]:
    if not environment.oidc_client_id:
        raise ImproperlyConfigured(
            "AFTERWORD_OIDC_URL is set without AFTERWORD_OIDC_CLIENT_ID. Set both or neither."
        )
    return {
        "provider_id": "oidc",
        "name": environment.oidc_name,
        "client_id": environment.oidc_client_id,
        "secret": environment.oidc_client_secret,
        "settings": {
            "server_url": environment.oidc_url,
            "groups": environment.oidc_groups,
            "verified_email": environment.oidc_email_trusted,
        },
    }


def _saml(environment: Env, path: Path) -> dict[str, Any]:
    return {
        "provider_id": "saml",
        "name": environment.saml_name,
        "client_id": "company",
        "settings": {
            "idp": _identity_provider(path),
            "sp": {"entity_id": environment.saml_entity_id} if environment.saml_entity_id else {},
            "attribute_mapping": {
                "uid": ["urn:oasis:names:tc:SAML:attribute:subject-id"],
                "email": list(ADDRESS_ATTRIBUTES),
                "name": ["displayName", "http://schemas.microsoft.com/identity/claims/displayname"],
            },
            "advanced": {"allow_single_label_domains": True},
            "groups": environment.saml_groups,
            "verified_email": True,
        },
    }


def _identity_provider(path: Path) -> dict[str, Any]:
    """What the metadata file says of the identity provider: its name, its address and the key that it signs with."""
    from onelogin.saml2.errors import OneLogin_Saml2_Error
    from onelogin.saml2.idp_metadata_parser import OneLogin_Saml2_IdPMetadataParser

    try:
        found = OneLogin_Saml2_IdPMetadataParser.parse(path.read_bytes())["idp"]
        several = found.get("x509certMulti", {}).get("signing", [])
        return {
            "entity_id": found["entityId"],
            "sso_url": found["singleSignOnService"]["url"],
            "x509cert": found.get("x509cert") or several[0],
        }
    except (OneLogin_Saml2_Error, KeyError, IndexError, ValueError, SyntaxError, OSError) as error:
        raise ImproperlyConfigured(
            f"AFTERWORD_SAML_METADATA names {path}, which is no metadata of an identity provider ({error!r}). "
            "Download it there once more."
        ) from error
