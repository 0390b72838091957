"""Addresses of the accounts."""

from __future__ import annotations

from django.urls import path

from stairgate.channels import connect_views, leaver_views, views
from stairgate.channels.access_list import views as access_list
from stairgate.channels.asking import decision_views, lasting_views
from stairgate.channels.asking import views as asking
from stairgate.channels.baseline import views as baseline
from stairgate.channels.dialog import views as dialog
from stairgate.channels.opening import views as opening
from stairgate.channels.vault import envelope_views as envelopes
from stairgate.channels.vault import views as vault

app_name = "channels"
urlpatterns = [
    path("", views.accounts, name="list"),
    path("tell-people/", views.promote, name="promote"),
    path("pause/", views.pause_everything, name="pause_everything"),
    path("<uuid:pk>/pause/", views.pause, name="pause"),
    path("pauses/<uuid:pk>/ask/", views.ask_to_open, name="ask_to_open"),
    path("pauses/<uuid:pk>/open/", views.confirm_opening, name="confirm_opening"),
    path("<uuid:pk>/sheet.pdf", views.sheet_pdf, name="sheet_pdf"),
    path("<uuid:pk>/prove/", views.prove, name="prove"),
    path("<uuid:pk>/", lasting_views.account, name="account"),
    path("<uuid:pk>/connect/", connect_views.connect, name="connect"),
    path("app/", dialog.app, name="app"),
    path("<uuid:pk>/connect/facebook/", dialog.go, name="go"),
    path("facebook/back/", dialog.back, name="back"),
    path("dialogs/<uuid:pk>/", dialog.pick, name="pick"),
    path("<uuid:pk>/opening/", opening.sheet, name="opening"),
    path("<uuid:pk>/opening/confirm/", opening.confirmed, name="confirm_ticked"),
    path("<uuid:pk>/house-rules.pdf", opening.house_rules_pdf, name="house_rules_pdf"),
    path("confirmations/<uuid:pk>/back/", opening.taken_back, name="take_back"),
    path("<uuid:pk>/settings/", baseline.settings, name="settings"),
    path("<uuid:pk>/settings/<slug:screen>/", baseline.screen, name="settings_screen"),
    path("<uuid:pk>/read-settings/", baseline.read, name="read_settings"),
    path("<uuid:pk>/put-back/", baseline.put_all_back, name="put_all_back"),
    path("<uuid:pk>/put-back/<slug:line>/", baseline.put_line_back, name="put_back"),
    path("<uuid:pk>/weaker/<slug:line>/", baseline.weaker, name="weaker"),
    path("weaker/<uuid:pk>/end/", baseline.weaker_over, name="weaker_over"),
    path("<uuid:pk>/sign-settings/", baseline.signed, name="sign_settings"),
    path("settings-pictures/<uuid:pk>/", baseline.picture, name="settings_picture"),
    path("<uuid:pk>/evaluate/", lasting_views.evaluate, name="evaluate"),
    path("renewals/<uuid:pk>/", lasting_views.renew, name="renew"),
    path("conditions/<uuid:pk>/met/", lasting_views.meet, name="meet"),
    path("leaving/<uuid:pk>/done/", leaver_views.tick, name="leaver_done"),
    path("<uuid:pk>/access/", access_list.page, name="access"),
    path("<uuid:pk>/access/read/", access_list.read, name="access_read"),
    path("<uuid:pk>/access/through/", access_list.through, name="access_through"),
    path("<uuid:pk>/access/who/", access_list.who, name="access_who"),
    path("access/findings/<uuid:pk>/settle/", access_list.settle, name="access_settle"),
    path("<uuid:pk>/vault/", vault.vault, name="vault"),
    path("<uuid:pk>/vault/new/<slug:kind>/", vault.put_in, name="vault_new"),
    path("<uuid:pk>/vault/envelope/", envelopes.printed, name="envelope_print"),
    path("vault/<uuid:pk>/", vault.entry, name="vault_entry"),
    path("vault/<uuid:pk>/change/", vault.change, name="vault_change"),
    path("vault/<uuid:pk>/take-out/", vault.take_out, name="vault_take_out"),
    path("vault/<uuid:pk>/look/", vault.look, name="vault_begin"),
    path("vault/looks/<uuid:pk>/", vault.shown, name="vault_look"),
    path("vault/looks/<uuid:pk>/next/", vault.following, name="vault_next"),
    path("vault/looks/<uuid:pk>/copied/", vault.copied, name="vault_copied"),
    path("vault/envelopes/<uuid:pk>/opened/", envelopes.opened, name="envelope_open"),
    path("found/", lasting_views.found, name="found"),
    path("found/<uuid:pk>/gone/", lasting_views.gone, name="gone"),
    path("ask/", asking.begin, name="ask"),
    path("requests/<uuid:pk>/", decision_views.read, name="request"),
    path("requests/<uuid:pk>/request.pdf", decision_views.paper, name="request_pdf"),
    path("requests/<uuid:pk>/decide/", decision_views.decide, name="decide"),
    path("requests/<uuid:pk>/lead/", decision_views.lead_sign, name="lead_sign"),
    path("requests/<uuid:pk>/second/", decision_views.cosign, name="cosign"),
    path("requests/<uuid:pk>/withdraw/", decision_views.withdraw, name="withdraw"),
    path("requests/<uuid:pk>/<slug:step>/", asking.step, name="ask_step"),
]
