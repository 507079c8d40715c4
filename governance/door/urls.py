"""Addresses of the door, by the names that allauth asks for; a page of allauth that is not listed does not exist."""

from allauth.account.views import LoginView
from allauth.mfa.base import views as proofs
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount.providers.saml import views as saml_views
from django.urls import path, reverse_lazy
from django.views.decorators.http import require_GET, require_POST

from governance.door import forgotten, oidc, saml
from governance.door.pages import ChangePassword, Confirm, ConfirmByPasskey, SignOut, page, telling
from governance.door.signed_in import sessions

HUB = reverse_lazy("mfa_index")

urlpatterns = [
    # Coming in
    path("sign-in/", page(LoginView, "sign_in"), name="account_login"),
    path("sign-in/code/", page(proofs.AuthenticateView, "code"), name="mfa_authenticate"),
    path("sign-in/passkey/", telling(webauthn.login_webauthn), name="mfa_login_webauthn"),
    path("sign-in/oidc/<str:provider_id>/", oidc.login, name="openid_connect_login"),
    path("sign-in/oidc/<str:provider_id>/back/", oidc.callback, name="openid_connect_callback"),
    path("sign-in/saml/<str:organization_slug>/", require_GET(saml_views.login), name="saml_login"),
    path("sign-in/saml/<str:organization_slug>/back/", require_POST(saml_views.acs), name="saml_acs"),
    path(
        "sign-in/saml/<str:organization_slug>/back/done/",
        require_GET(saml_views.finish_acs),
        name="saml_finish_acs",
    ),
    path("sign-in/saml/<str:organization_slug>/metadata/", saml.metadata, name="saml_metadata"),
    path("sign-in/saml/<str:organization_slug>/out/", saml.no_single_logout, name="saml_sls"),
    path("sign-in/forgotten/", forgotten.forgotten, name="account_reset_password"),
    path("sign-in/forgotten/<str:uidb64>/<str:token>/", forgotten.new_password, name="account_new_password"),
    path("sign-out/", SignOut.as_view(), name="account_logout"),
    # Showing again who one is
    path("account/confirm/", page(Confirm, "confirm"), name="account_reauthenticate"),
    path("account/confirm/code/", page(proofs.ReauthenticateView, "confirm"), name="mfa_reauthenticate"),
    path(
        "account/confirm/passkey/",
        page(ConfirmByPasskey, "confirm_passkey"),
        name="mfa_reauthenticate_webauthn",
    ),
    # What one shows
    path("account/", page(proofs.IndexView, "account"), name="mfa_index"),
    path("account/password/", page(ChangePassword, "password"), name="account_change_password"),
    path("account/app/", page(totp.ActivateTOTPView, "app"), name="mfa_activate_totp"),
    path("account/app/remove/", page(totp.DeactivateTOTPView, "app_remove"), name="mfa_deactivate_totp"),
    path("account/codes/", page(recovery.ViewRecoveryCodesView, "codes"), name="mfa_view_recovery_codes"),
    path(
        "account/codes/new/",
        page(recovery.GenerateRecoveryCodesView, "codes_new"),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "account/codes/download/",
        require_GET(recovery.DownloadRecoveryCodesView.as_view(template_name="governance/door/codes.txt")),
        name="mfa_download_recovery_codes",
    ),
    path("account/passkeys/add/", page(webauthn.AddWebAuthnView, "passkey"), name="mfa_add_webauthn"),
    path(
        "account/passkeys/<int:pk>/name/",
        page(webauthn.EditWebAuthnView, "passkey_name", success_url=HUB),
        name="mfa_edit_webauthn",
    ),
    path(
        "account/passkeys/<int:pk>/remove/",
        page(webauthn.RemoveWebAuthnView, "passkey_remove", success_url=HUB),
        name="mfa_remove_webauthn",
    ),
    path("account/sessions/", sessions, name="usersessions_list"),
]
