"""Addresses networks ring at. They prove themselves by signature, not by signing in."""

from __future__ import annotations

from django.urls import path

from stairgate.monitoring.hooks import hook

urlpatterns = [path("<slug:network>/<uuid:pk>/", hook, name="hook")]
