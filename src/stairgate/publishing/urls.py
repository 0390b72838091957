"""Addresses of posts: write, decide, and see what became of them."""

from __future__ import annotations

from django.urls import path

from stairgate.publishing.views import afterwards, by_hand, calendar, compose, feed, review, standing

app_name = "publishing"
urlpatterns = [
    path("", review.posts, name="list"),
    path("approvals/", review.approvals, name="approvals"),
    path("new/", compose.new, name="new"),
    path("calendar/", calendar.calendar, name="calendar"),
    path("calendar/phone/", feed.phone, name="phone"),
    path("calendar/phone/new/", feed.make, name="feed_make"),
    path("calendar/phone/off/", feed.drop, name="feed_drop"),
    path("calendar/feed/<str:token>.ics", feed.feed, name="feed"),
    path("standing/", standing.messages_list, name="standing"),
    path("standing/new/", standing.new, name="standing_new"),
    path("standing/starters/", standing.starters, name="standing_starters"),
    path("standing/<uuid:pk>/", standing.edit, name="standing_edit"),
    path("standing/<uuid:pk>/use/", standing.use, name="standing_use"),
    path("standing/<uuid:pk>/retire/", standing.retire, name="standing_retire"),
    path("standing/<uuid:pk>/again/", standing.again, name="standing_again"),
    path("standing/again/<uuid:pk>/stop/", standing.stop, name="standing_stop"),
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
    path("deliveries/<uuid:pk>/hand/", by_hand.page, name="hand"),
    path("deliveries/<uuid:pk>/hand/proof/", by_hand.proof, name="hand_proof"),
    path("deliveries/<uuid:pk>/hand/still/", by_hand.still, name="hand_still"),
    path("deliveries/<uuid:pk>/hand/begin/", by_hand.begin, name="hand_begin"),
    path("deliveries/<uuid:pk>/hand/answer/", by_hand.answer, name="hand_answer"),
    path("deliveries/<uuid:pk>/hand/gone/", by_hand.gone, name="hand_gone"),
    path("<uuid:pk>/take-down/", afterwards.take_down, name="take_down"),
    path("deliveries/<uuid:pk>/read/", afterwards.read_now, name="read_now"),
    path("differences/<uuid:pk>/close/", afterwards.close_difference, name="close_difference"),
]
