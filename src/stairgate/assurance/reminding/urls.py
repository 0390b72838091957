"""Addresses of reminders and of what comes round."""

from __future__ import annotations

from django.urls import path

from stairgate.assurance.reminding import views

app_name = "reminding"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<uuid:pk>/put-off/", views.put_off, name="put_off"),
    path("e-mails/", views.mail, name="mail"),
]
