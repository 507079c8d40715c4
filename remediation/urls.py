"""Addresses of action items."""

from django.urls import path

from remediation.views import items, recommending

app_name = "remediation"
urlpatterns = [
    path("", items.index, name="list"),
    path("recommendations/", recommending.fares, name="recommendations"),
    path("<str:ref>/recommended/", recommending.recommended, name="recommended"),
    path("<str:ref>/recommended/<str:key>/", recommending.judge, name="judge"),
    path("<str:ref>/new/", items.new, name="new"),
    path("<str:ref>/<int:number>/", items.detail, name="detail"),
    path("<str:ref>/<int:number>/edit/", items.edit, name="edit"),
    path("<str:ref>/<int:number>/remove/", items.remove, name="remove"),
    path("<str:ref>/<int:number>/complete/", items.complete, name="complete"),
    path("<str:ref>/<int:number>/verify/", items.verify, name="verify"),
]
