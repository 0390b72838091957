"""Addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from stairgate.monitoring import views
from stairgate.monitoring.entering.views import entering
from stairgate.monitoring.finding.views import finding

app_name = "monitoring"
urlpatterns = [
    path("", views.inbox_page, name="inbox"),
    path("quiet/", views.clear_quiet, name="clear_quiet"),
    path("decided/", views.decided_page, name="decided"),
    path("find/", finding, name="find"),
    path("seen/<uuid:pk>/", entering, name="enter"),
    path("<uuid:pk>/", views.item, name="item"),
    path("<uuid:pk>/decide/", views.decide, name="decide"),
    path("<uuid:pk>/reply/", views.reply, name="reply"),
]
