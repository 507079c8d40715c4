"""The addresses of outside systems, below ``/hooks/``: no organization in them, since the token says which."""

from django.urls import path

from incidents.views import deliveries

app_name = "hooks"

urlpatterns = [path("<str:token>/", deliveries.deliver, name="deliver")]
