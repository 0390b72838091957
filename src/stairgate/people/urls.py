"""Addresses of the register."""

from __future__ import annotations

from django.urls import path

from stairgate.people.views import declaring, deeds, forms, importing, pages

app_name = "people"
urlpatterns = [
    path("register.pdf", pages.register_pdf, name="register_pdf"),
    path("", pages.people, name="list"),
    path("new/", forms.new, name="new"),
    path("import/", importing.choose, name="import"),
    path("import/template/", importing.template, name="import_template"),
    path("import/<uuid:pk>/", importing.look, name="import_look"),
    path("import/<uuid:pk>/do/", importing.take, name="import_take"),
    path("import/<uuid:pk>/forget/", importing.forget, name="import_forget"),
    path("declaration/", declaring.declaration, name="declaration"),
    path("declaration/guides/", declaring.how_private, name="guides"),
    path("declaration/agree/", declaring.agree, name="declaration_agree"),
    path("declaration/<uuid:pk>/plan/", declaring.plan, name="declaration_plan"),
    path("declaration/<uuid:pk>/helped/", declaring.helped, name="declaration_helped"),
    path("<uuid:pk>/declaration/", declaring.read, name="declaration_read"),
    path("<uuid:pk>/", pages.person, name="person"),
    path("<uuid:pk>/change/", forms.change, name="change"),
    path("<uuid:pk>/check/", forms.check, name="check"),
    path("<uuid:pk>/training/", forms.training, name="training"),
    path("<uuid:pk>/reference/", forms.reference, name="reference"),
    path("<uuid:pk>/role/", forms.role, name="role"),
    path("<uuid:pk>/line-manager/", forms.line_manager, name="line_manager"),
    path("<uuid:pk>/leaving/", forms.leaving, name="leaving"),
    path("<uuid:pk>/sign-in/", forms.sign_in, name="sign_in"),
    path("<uuid:pk>/link/", deeds.link, name="link"),
    path("<uuid:pk>/birth-date/", deeds.show_birth_date, name="show_birth_date"),
    path("checks/<uuid:pk>/number/", deeds.show_number, name="show_number"),
    path("checks/<uuid:pk>/withdraw/", deeds.withdraw_check, name="withdraw_check"),
    path("checks/<uuid:pk>/look/", deeds.look_again, name="look_again"),
    path("references/<uuid:pk>/verify/", deeds.verify_reference, name="verify_reference"),
    path("roles/<int:pk>/end/", deeds.end_role, name="end_role"),
]
