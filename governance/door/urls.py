"""Addresses of the door, by the names that allauth asks for; a page of allauth that is not listed does not exist."""

from allauth.account.views import LoginView
from django.urls import path

from governance.door.pages import SignOut, page

urlpatterns = [
    path("sign-in/", page(LoginView, "sign_in"), name="account_login"),
    path("sign-out/", SignOut.as_view(), name="account_logout"),
]
