"""Addresses of the weekly check."""

from __future__ import annotations

from django.urls import path

from stairgate.monitoring.checking import rota_views, views

app_name = "checking"
urlpatterns = [
    path("", views.check, name="check"),
    path("answer/<slug:step>/", views.answer, name="answer"),
    path("sign/", views.sign, name="sign"),
    path("again/", views.again, name="again"),
    path("again/<uuid:pk>/", views.look_again, name="look_again"),
    path("rota/", rota_views.rota, name="rota"),
    path("rota/away/", rota_views.away, name="away"),
    path("rota/away/<uuid:pk>/end/", rota_views.back, name="back"),
    path("<uuid:pk>/", views.receipt, name="receipt"),
    path("<uuid:pk>/receipt.pdf", views.receipt_pdf, name="receipt_pdf"),
]
