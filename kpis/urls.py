"""Addresses of the kpis room."""

from django.urls import path

from kpis.views import reliability

app_name = "kpis"
urlpatterns = [
    path("", reliability.reliability, name="reliability"),
    path("baseline/", reliability.capture, name="capture"),
]
