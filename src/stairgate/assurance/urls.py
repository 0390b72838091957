"""Addresses of the live policy and of the record."""

from __future__ import annotations

from django.urls import path

from stairgate.assurance import views

app_name = "assurance"
urlpatterns = [
    path("", views.live, name="live"),
    path("risks/", views.risks, name="risks"),
    path("clause/<str:number>/", views.clause, name="clause"),
    path("account/<uuid:pk>/", views.account, name="account"),
    path("record/", views.record, name="record"),
    path("record/download/", views.download, name="download"),
]
