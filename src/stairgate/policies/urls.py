"""Addresses of the policy's own words."""

from __future__ import annotations

from django.urls import path

from stairgate.policies import views

app_name = "policies"
urlpatterns = [
    path("", views.words, name="words"),
    path("policy.pdf", views.policy_pdf, name="policy_pdf"),
    path("code.pdf", views.code_pdf, name="code_pdf"),
]
