"""The front door, Today, and pages that need nobody signed in. Sign-in views are allauth's, dressed by us."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as second_step
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import path

from stairgate.web import invited, views, welcome

urlpatterns = [
    path("", views.today, name="today"),
    path("menu/", views.menu, name="menu"),
    path("look/", views.look, name="look"),
    path("worried/", views.help_now, name="help_now"),
    path("alive/", views.alive, name="alive"),
    path("welcome/", welcome.setting, name="welcome"),
    path("welcome/you/", welcome.manager, name="welcome_you"),
    path("invited/<str:token>/", invited.invited, name="invited"),
    path("sign-in/", views.sign_in, name="account_login"),
    path("sign-in/as/", views.sign_in_as, name="sign_in_as"),
    path("sign-in/second-step/", second_step.authenticate, name="mfa_authenticate"),
    path("sign-in/passkey/", passkeys.login_webauthn, name="mfa_login_webauthn"),
    path("sign-up/", views.no_sign_up, name="account_signup"),
    path("sign-out/", account.logout, name="account_logout"),
    path("inactive/", account.account_inactive, name="account_inactive"),
    path("confirm/", account.reauthenticate, name="account_reauthenticate"),
    path("confirm/code/", second_step.reauthenticate, name="mfa_reauthenticate"),
    path("confirm/passkey/", passkeys.reauthenticate_webauthn, name="mfa_reauthenticate_webauthn"),
    path("security/", second_step.index, name="mfa_index"),
    path("security/authenticator/", totp.activate_totp, name="mfa_activate_totp"),
    path("security/authenticator/remove/", totp.deactivate_totp, name="mfa_deactivate_totp"),
    path("security/passkeys/", passkeys.list_webauthn, name="mfa_list_webauthn"),
    path("security/passkeys/add/", passkeys.add_webauthn, name="mfa_add_webauthn"),
    path("security/passkeys/<int:pk>/remove/", passkeys.remove_webauthn, name="mfa_remove_webauthn"),
    path("security/passkeys/<int:pk>/edit/", passkeys.edit_webauthn, name="mfa_edit_webauthn"),
    path("security/codes/", codes.view_recovery_codes, name="mfa_view_recovery_codes"),
    path("security/codes/new/", codes.generate_recovery_codes, name="mfa_generate_recovery_codes"),
    path("security/codes/download/", codes.download_recovery_codes, name="mfa_download_recovery_codes"),
]
