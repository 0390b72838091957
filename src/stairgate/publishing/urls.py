"""Addresses of posts: write, decide, and see what became of them."""

from __future__ import annotations

from django.urls import path

from stairgate.publishing.views import afterwards, compose, review

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
    path("<uuid:pk>/withdraw/", review.withdraw, name="withdraw"),
    path("deliveries/<uuid:pk>/again/", review.send_again, name="send_again"),
    path("deliveries/<uuid:pk>/look/", review.look_again, name="look_again"),
    path("<uuid:pk>/take-down/", afterwards.take_down, name="take_down"),
    path("deliveries/<uuid:pk>/read/", afterwards.read_now, name="read_now"),
    path("differences/<uuid:pk>/close/", afterwards.close_difference, name="close_difference"),
]
