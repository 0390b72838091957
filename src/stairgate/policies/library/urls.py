"""Addresses of the library and of the list of help."""

from __future__ import annotations

from django.urls import path

from stairgate.policies.library import views

app_name = "library"
urlpatterns = [
    path("", views.index, name="index"),
    path("new/", views.new, name="new"),
    path("help/", views.directory, name="help"),
    path("help/card.pdf", views.card, name="card"),
    path("help/<slug:entry>/check/", views.check, name="check"),
    path("<uuid:pk>/", views.document, name="document"),
    path("<uuid:pk>/new/", views.again, name="again"),
    path("<uuid:pk>/withdraw/", views.withdraw, name="withdraw"),
    path("<uuid:pk>/read/", views.read, name="read"),
    path("<uuid:pk>/read/<uuid:person>/", views.told, name="told"),
]
