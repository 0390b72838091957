"""Addresses of posts: write, decide, and see what became of them."""

from __future__ import annotations

from django.urls import path

from stairgate.publishing.views import compose, review

app_name = "publishing"
urlpatterns = [
    path("", review.posts, name="list"),
    path("approvals/", review.approvals, name="approvals"),
    path("new/", compose.new, name="new"),
    path("check/", compose.check, name="check"),
    path("pictures/<uuid:pk>/", compose.picture, name="picture"),
    path("<uuid:pk>/", review.review, name="review"),
    path("<uuid:pk>/edit/", compose.edit, name="edit"),
    path("<uuid:pk>/check/", compose.check, name="check_saved"),
    path("<uuid:pk>/approve/", review.approve, name="approve"),
    path("<uuid:pk>/return/", review.ask_for_changes, name="return"),
    path("<uuid:pk>/say/", review.say, name="say"),
    path("<uuid:pk>/heard/", review.heard, name="heard"),
    path("<uuid:pk>/withdraw/", review.withdraw, name="withdraw"),
    path("deliveries/<uuid:pk>/again/", review.send_again, name="send_again"),
    path("deliveries/<uuid:pk>/look/", review.look_again, name="look_again"),
]
