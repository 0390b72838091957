"""Addresses of the accounts."""

from __future__ import annotations

from django.urls import path

from stairgate.channels import views

app_name = "channels"
urlpatterns = [
    path("", views.accounts, name="list"),
    path("pause/", views.pause_everything, name="pause_everything"),
    path("<uuid:pk>/pause/", views.pause, name="pause"),
    path("pauses/<uuid:pk>/ask/", views.ask_to_open, name="ask_to_open"),
    path("pauses/<uuid:pk>/open/", views.confirm_opening, name="confirm_opening"),
    path("<uuid:pk>/sheet.pdf", views.sheet_pdf, name="sheet_pdf"),
    path("<uuid:pk>/prove/", views.prove, name="prove"),
]
