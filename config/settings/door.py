"""Settings of the door: who may come in and what they show for it."""

from __future__ import annotations

from typing import Any

from config.env import Env

APPS = (
    "allauth",
    "allauth.account",
    "allauth.mfa",
    "allauth.usersessions",
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
        "AUTH_PASSWORD_VALIDATORS": _validators(environment),
        "ALLAUTH_TRUSTED_PROXY_COUNT": 1 if environment.behind_tls_proxy else 0,
        **_accounts(),
        **_further_proofs(),
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
