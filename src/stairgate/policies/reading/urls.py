"""Addresses of reading and signing."""

from __future__ import annotations

from django.urls import path

from stairgate.policies.reading import views

app_name = "reading"
urlpatterns = [
    path("", views.start, name="start"),
    path("open/", views.open_it, name="open"),
    path("part/<int:number>/", views.part, name="part"),
    path("part/<int:number>/read/", views.part_read, name="part_read"),
    path("questions/", views.questions, name="questions"),
    path("name/", views.name, name="name"),
    path("mine/", views.mine, name="mine"),
    path("mine/<uuid:pk>/", views.copy, name="copy"),
    path("certificate/<uuid:pk>/", views.certificate_pdf, name="certificate"),
    path("who/", views.who, name="who"),
]
