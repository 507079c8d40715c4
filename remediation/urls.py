"""Addresses of action items."""

from django.urls import path

from remediation.views import items

app_name = "remediation"
urlpatterns = [
    path("", items.index, name="list"),
    path("<str:ref>/new/", items.new, name="new"),
    path("<str:ref>/<int:number>/", items.detail, name="detail"),
    path("<str:ref>/<int:number>/edit/", items.edit, name="edit"),
    path("<str:ref>/<int:number>/remove/", items.remove, name="remove"),
    path("<str:ref>/<int:number>/complete/", items.complete, name="complete"),
    path("<str:ref>/<int:number>/verify/", items.verify, name="verify"),
]
