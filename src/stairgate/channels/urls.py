"""Addresses of the accounts."""

from __future__ import annotations

from django.urls import path

from stairgate.channels import views

app_name = "channels"
urlpatterns = [
    path("", views.accounts, name="list"),
    path("<uuid:pk>/shut/", views.shut, name="shut"),
    path("<uuid:pk>/open/", views.reopen, name="reopen"),
    path("<uuid:pk>/prove/", views.prove, name="prove"),
]
