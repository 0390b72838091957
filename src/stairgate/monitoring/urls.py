"""Addresses of the inbox."""

from __future__ import annotations

from django.urls import path

from stairgate.monitoring import views
from stairgate.monitoring.alike import views as alike
from stairgate.monitoring.complaints import views as complaints
from stairgate.monitoring.entering.views import entering
from stairgate.monitoring.finding.views import finding
from stairgate.monitoring.handling import views as handling
from stairgate.monitoring.serious import views as serious

app_name = "monitoring"
urlpatterns = [
    path("", views.inbox_page, name="inbox"),
    path("quiet/", views.clear_quiet, name="clear_quiet"),
    path("decided/", views.decided_page, name="decided"),
    path("find/", finding, name="find"),
    path("seen/<uuid:pk>/", entering, name="enter"),
    path("serious/", serious.begin, name="serious_begin"),
    path("serious/start/", serious.start, name="serious_start"),
    path("serious/<uuid:pk>/", serious.case, name="serious"),
    path("serious/<uuid:pk>/<str:name>/", serious.step, name="serious_step"),
    path("<uuid:pk>/serious/", serious.stop, name="serious_stop"),
    path("<uuid:pk>/", views.item, name="item"),
    path("<uuid:pk>/decide/", views.decide, name="decide"),
    path("complaints/", complaints.index, name="complaints"),
    path("complaints/new/", complaints.new, name="complaint_new"),
    path("complaints/<uuid:pk>/", complaints.one, name="complaint"),
    path("complaints/<uuid:pk>/close/", complaints.close, name="complaint_close"),
    path("<uuid:pk>/complaint/", complaints.of_item, name="complaint_of"),
    path("later/", handling.later, name="later"),
    path("<uuid:pk>/alike/", alike.page, name="alike"),
    path("<uuid:pk>/alike/decide/", alike.decide, name="decide_alike"),
    path("<uuid:pk>/handle/", handling.handle, name="handle"),
    path("<uuid:pk>/on-it/", handling.take_on, name="take_on"),
    path("<uuid:pk>/let-go/", handling.let_go, name="let_go"),
    path("<uuid:pk>/note/", handling.note, name="note"),
    path("<uuid:pk>/assign/", handling.assign, name="assign"),
    path("<uuid:pk>/put-off/", handling.put_off, name="put_off"),
    path("<uuid:pk>/family/", views.ask_family, name="ask_family"),
    path("<uuid:pk>/look/", views.ask_look, name="ask_look"),
    path("<uuid:pk>/agree/", views.agree, name="agree"),
    path("<uuid:pk>/reply/", views.reply, name="reply"),
]
