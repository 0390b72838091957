"""Addresses of what screening looks for."""

from __future__ import annotations

from django.urls import path

from stairgate.monitoring.our_words import views

app_name = "screening"
urlpatterns = [
    path("", views.index, name="index"),
    path("try/", views.attempt, name="try"),
    path("words/look/", views.look, name="look"),
    path("words/add/", views.add, name="add"),
    path("words/<uuid:pk>/look/", views.look_end, name="look_end"),
    path("words/<uuid:pk>/end/", views.end, name="end"),
]
