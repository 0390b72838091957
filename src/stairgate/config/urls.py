"""Every address of the product. A new one needs a row in the permission test."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("stairgate.web.urls")),
    path("posts/", include("stairgate.publishing.urls")),
    path("inbox/", include("stairgate.monitoring.urls")),
    path("check/", include("stairgate.monitoring.checking.urls")),
    path("accounts/", include("stairgate.channels.urls")),
    path("people/", include("stairgate.people.urls")),
    path("policy/", include("stairgate.assurance.urls")),
    path("policy/", include("stairgate.policies.urls")),
    path("reminders/", include("stairgate.assurance.reminding.urls")),
    path("policy/library/", include("stairgate.policies.library.urls")),
    path("policy/sign/", include("stairgate.policies.reading.urls")),
    path("screening/", include("stairgate.monitoring.our_words.urls")),
    path("hooks/", include("stairgate.monitoring.hook_urls")),
]

handler400 = "stairgate.web.views.bad_request"
handler403 = "stairgate.web.views.forbidden"
handler404 = "stairgate.web.views.not_found"
handler500 = "stairgate.web.views.broken"
