"""Addresses of reminders and of what comes round."""

from __future__ import annotations

from django.urls import path

from stairgate.assurance.excepting import views as excepting
from stairgate.assurance.reminding import views
from stairgate.assurance.rounds import views as rounds

app_name = "reminding"
urlpatterns = [
    path("", views.mine, name="mine"),
    path("<uuid:pk>/put-off/", views.put_off, name="put_off"),
    path("e-mails/", views.mail, name="mail"),
    path("round/", rounds.rounds, name="rounds"),
    path("self-check/<uuid:pk>/talked/", rounds.talked, name="talked"),
    path("training/", rounds.look_out, name="look_out"),
    path("children/", rounds.activity, name="activity"),
    path("lead/<int:pk>/", rounds.lead, name="lead"),
    path("lead/<int:pk>/told/<uuid:person>/", rounds.told, name="told_of_lead"),
    path("exceptions/", excepting.listed, name="exceptions"),
    path("exceptions/ask/", excepting.ask, name="exception_ask"),
    path("exceptions/<uuid:pk>/allow/", excepting.allow, name="exception_allow"),
    path("exceptions/<uuid:pk>/decline/", excepting.decline, name="exception_decline"),
    path("exceptions/<uuid:pk>/end/", excepting.end, name="exception_end"),
    path("tell/", excepting.tell, name="tell"),
    path("told/", excepting.told, name="told"),
    path("told/<uuid:pk>/spoken/", excepting.spoken, name="spoken"),
]
