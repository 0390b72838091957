"""What belongs to another setting is changed by nobody of ours, also where a deed is told the setting by itself."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from stairgate.organisations.access import NotAllowed
from stairgate.publishing import services
from stairgate.publishing.models import Post, Revision, StandingMessage, UrgentTemplate, UrgentVersion
from tests.publishing.conftest import Desk
from tests.publishing.urgent_desk import WORDING, Urgent

pytestmark = pytest.mark.django_db


def _a_post(desk: Desk) -> Callable[[], object]:
    post = desk.save("Theirs").post
    Post.objects.update(organisation=desk.cast.elsewhere)
    return lambda: desk.save("Ours", post=post)


def _a_template(desk: Desk) -> Callable[[], object]:
    urgent = Urgent(desk)
    UrgentTemplate.objects.update(organisation=desk.cast.elsewhere)
    return lambda: urgent.keep(replace(WORDING, title="Ours"), template=urgent.template)


def _a_message(desk: Desk) -> Callable[[], object]:
    def keep(message: StandingMessage | None, title: str) -> StandingMessage:
        return services.keep_message(
            actor=desk.cast.priya,
            organisation=desk.cast.organisation,
            message=message,
            title=title,
            text=title,
            at=desk.now,
        )

    theirs = keep(None, "Theirs")
    StandingMessage.objects.update(organisation=desk.cast.elsewhere)
    return lambda: keep(theirs, "Ours")


@pytest.mark.parametrize("theirs", [_a_post, _a_template, _a_message])
def test_nobody_changes_what_is_another_settings(
    desk: Desk, theirs: Callable[[Desk], Callable[[], object]]
) -> None:
    change = theirs(desk)
    with pytest.raises(NotAllowed):
        change()
    for rows, field in (
        (Revision.objects.all(), "text"),
        (UrgentVersion.objects.all(), "title"),
        (StandingMessage.objects.all(), "title"),
    ):
        assert "Ours" not in rows.values_list(field, flat=True)
