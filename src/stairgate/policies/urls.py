"""Addresses of the policy's own words."""

from __future__ import annotations

from django.urls import path

from stairgate.policies import views

app_name = "policies"
urlpatterns = [path("", views.words, name="words")]
