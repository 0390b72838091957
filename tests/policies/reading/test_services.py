"""Open, read, answer, sign: each needs the one before it, is kept, and is written down."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.utils import timezone

from stairgate.ledger.models import Entry
from stairgate.organisations.access import NotAllowed
from stairgate.organisations.models import User
from stairgate.organisations.services import end_membership
from stairgate.people.declaring.rules import QUESTIONS
from stairgate.people.declaring.services import declare
from stairgate.people.models import Declaration, Person
from stairgate.people.rules import review_after
from stairgate.people.services import register
from stairgate.policies.library.rules import Details, Kind
from stairgate.policies.library.services import record_document
from stairgate.policies.models import (
    LibraryDocument,
    PartRead,
    PolicyVersion,
    Questions,
    Reading,
    Receipt,
    Signature,
)
from stairgate.policies.packs.loading import pack
from stairgate.policies.parameters import Parameters
from stairgate.policies.reading import services
from stairgate.policies.reading.rules import Means, Proof, Step, digest_of, ends_of, parts_of
from stairgate.policies.reading.selectors import confirmations_today, must_sign, progress_of, readers
from stairgate.policies.reading.services import CannotSign, ProofWanted
from stairgate.policies.selectors import in_force
from stairgate.policies.services import adopt
from tests.cast import Cast, willow_lane
from tests.policies.reading.test_rules import RIGHT


@pytest.fixture
def now() -> datetime:
    return timezone.now()


@pytest.fixture
def cast(db: None, now: datetime) -> Cast:
    return willow_lane(now)


def opened(cast: Cast, user: User, at: datetime) -> Reading:
    return services.open_version(actor=user, version=cast.policy, at=at)


def read(cast: Cast, user: User, at: datetime) -> Reading:
    """Return a reading that came to its end, without each of its deeds."""
    reading = opened(cast, user, at)
    Reading.objects.filter(pk=reading.pk).update(read_at=at)
    return reading


def understood(cast: Cast, user: User, at: datetime) -> Reading:
    reading = read(cast, user, at)
    assert services.answer(actor=user, reading=reading, given=RIGHT, at=at).passed
    return reading


def sign(cast: Cast, user: User, reading: Reading, at: datetime, **other: object) -> Signature:
    lines = confirmations_today(cast.policy, at)
    values: dict[str, object] = {
        "name_typed": f"{user.first_name} Example",
        "confirmed": [line.key for line in lines],
        "seen": digest_of(lines),
        "proof": Proof(at, Means.PASSWORD),
    }
    return services.sign(actor=user, reading=reading, at=at, **(values | other))  # type: ignore[arg-type]


@pytest.mark.clause("C14")
@pytest.mark.clause("C108")
def test_parts_are_read_in_order_and_questions_come_after_the_last(cast: Cast, now: datetime) -> None:
    reading = opened(cast, cast.leah, now)
    count = len(parts_of(cast.policy.text))
    for wrong in (0, 2, count, count + 1):
        if wrong:
            with pytest.raises(CannotSign, match="in their order"):
                services.finish_part(actor=cast.leah, reading=reading, number=wrong, at=now)
    for number in (1, 1, *range(2, count + 1)):
        assert Reading.objects.get(pk=reading.pk).read_at is None
        with pytest.raises(CannotSign, match="to its end first"):
            services.answer(actor=cast.leah, reading=reading, given=RIGHT, at=now)
        services.finish_part(actor=cast.leah, reading=reading, number=number, at=now)
    assert Reading.objects.get(pk=reading.pk).read_at == now
    assert [part.number for part in reading.parts.all()] == list(range(1, count + 1))


@pytest.mark.clause("C13", "C51")
def test_wrong_answers_are_kept_and_may_be_tried_again(cast: Cast, now: datetime) -> None:
    reading = read(cast, cast.leah, now)
    wrong = {**RIGHT, "ask-colleague": "0"}
    assert services.answer(actor=cast.leah, reading=reading, given={}, at=now).open
    assert services.answer(actor=cast.leah, reading=reading, given=wrong, at=now).wrong == ("ask-colleague",)
    with pytest.raises(CannotSign, match="answer the questions first"):
        sign(cast, cast.leah, reading, now)
    assert services.answer(actor=cast.leah, reading=reading, given=RIGHT, at=now).passed
    assert services.answer(
        actor=cast.leah, reading=reading, given=wrong, at=now
    ).wrong  # changes nothing more
    assert Reading.objects.get(pk=reading.pk).passed_at == now
    assert sorted(one.right for one in reading.attempts.all()) == [len(RIGHT) - 1, len(RIGHT)]


@pytest.mark.clause("C13", "C88")
@pytest.mark.clause("C109")
@pytest.mark.clause("C110")
@pytest.mark.clause("C111")
def test_a_signature_holds_all_that_was_shown_and_is_there_once(cast: Cast, now: datetime) -> None:
    reading = understood(cast, cast.leah, now)
    signature = sign(cast, cast.leah, reading, now)
    assert (signature.signed_at, signature.text_digest) == (now, cast.policy.text_digest)
    assert (signature.proved_at, signature.proved_by, signature.reading) == (now, "password", reading)
    assert [line["key"] for line in signature.confirmed][:3] == ["received", "read", "understood"]
    assert any("lead is Gwen" in line["words"] for line in signature.confirmed)
    before = Entry.objects.count()
    assert sign(cast, cast.leah, reading, now + timedelta(minutes=1)) == signature
    assert Entry.objects.count() == before
    kinds = Entry.objects.filter(actor=str(cast.leah.pk)).values_list("kind", flat=True)
    signing = {kind for kind in kinds if kind != "policies.document_read"}
    assert signing == {"policies.opened", "policies.understood", "policies.signed"}


@pytest.mark.clause("C109")
@pytest.mark.clause("C111")
@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"name_typed": "Priya Example"}, "does not match"),
        ({"name_typed": "L" * 200}, "does not match"),
        ({"confirmed": ["received", "read"]}, "Please tick"),
        ({"confirmed": []}, "Please tick"),
        ({"seen": "other words"}, "has changed"),
        ({"proof": None}, "still you"),
    ],
)
def test_what_is_missing_is_said_and_nothing_is_signed(
    cast: Cast, now: datetime, changed: dict[str, object], says: str
) -> None:
    reading = understood(cast, cast.leah, now)
    with pytest.raises(CannotSign, match=says) as raised:
        sign(cast, cast.leah, reading, now, **changed)
    assert isinstance(raised.value, ProofWanted) == ("proof" in changed)
    assert not Signature.objects.filter(user=cast.leah).exists()


def _newer(cast: Cast, reading: Reading, now: datetime) -> None:
    adopt(
        actor=cast.priya,
        organisation=cast.organisation,
        title="Policy",
        text="New",
        parameters=Parameters(),
        at=now,
    )


def _altered(cast: Cast, reading: Reading, now: datetime) -> None:
    PolicyVersion.objects.filter(pk=cast.policy.pk).update(text="Other words")


def _other_words(cast: Cast, reading: Reading, now: datetime) -> None:
    Reading.objects.filter(pk=reading.pk).update(text_digest="0" * 64)


def _off_the_register(cast: Cast, reading: Reading, now: datetime) -> None:
    Person.objects.filter(user=cast.leah).update(user=None)


@pytest.mark.clause("C14")
@pytest.mark.parametrize(
    ("happens", "says"),
    [
        (_newer, "newer version"),
        (_altered, "not those that were adopted"),
        (_other_words, "not the words that you opened"),
        (_off_the_register, "not on the staff register"),
    ],
)
def test_only_the_words_in_force_are_signed(
    cast: Cast, now: datetime, happens: Callable[[Cast, Reading, datetime], None], says: str
) -> None:
    reading = understood(cast, cast.leah, now)
    happens(cast, reading, now)
    with pytest.raises(CannotSign, match=says):
        sign(cast, cast.leah, reading, now)


@pytest.mark.clause("C109")
def test_nobody_reads_or_signs_for_another(cast: Cast, now: datetime) -> None:
    reading = understood(cast, cast.leah, now)
    with pytest.raises(Reading.DoesNotExist):
        sign(cast, cast.helen, reading, now)
    with pytest.raises(NotAllowed):
        opened(cast, cast.outsider, now)
    end_membership(
        actor=cast.priya,
        membership=cast.member(cast.leah),
        at=now,
        last_day=cast.organisation.day(now) - timedelta(days=1),
    )
    with pytest.raises(NotAllowed):
        sign(cast, cast.leah, reading, now)


def test_a_version_keeps_the_questions_it_was_first_opened_with(cast: Cast, now: datetime) -> None:
    first = Questions.objects.get(version=cast.policy)
    assert (first.pack, first.pack_version) == ("england-early-years", pack("england-early-years").version)
    Questions.objects.filter(pk=first.pk).update(asked=first.asked[:1])
    reading = read(cast, cast.leah, now)
    one = {first.asked[0]["id"]: RIGHT[first.asked[0]["id"]]}
    assert services.answer(actor=cast.leah, reading=reading, given=one, at=now).passed


@pytest.mark.clause("C107")
def test_a_signature_survives_every_later_version(cast: Cast, now: datetime) -> None:
    signature = sign(cast, cast.leah, understood(cast, cast.leah, now), now)
    _newer(cast, signature.reading, now)  # type: ignore[arg-type]
    assert Signature.objects.get(pk=signature.pk).version == cast.policy
    assert must_sign(cast.member(cast.leah), in_force(cast.organisation), on=cast.organisation.day(now))


@pytest.mark.clause("C44")
@pytest.mark.clause("C50")
def test_the_report_has_everybody_of_the_register(
    cast: Cast, now: datetime, django_assert_num_queries: Callable[[int], object]
) -> None:
    day = cast.organisation.day(now)
    register(
        actor=cast.priya,
        organisation=cast.organisation,
        user=None,
        first_name="Ruth",
        full_name="Ruth Example",
        job_title="Apprentice",
        started_on=day,
        at=now,
    )
    reading = opened(cast, cast.leah, now)
    services.finish_part(actor=cast.leah, reading=reading, number=1, at=now)
    with django_assert_num_queries(1):  # type: ignore[attr-defined]
        found = {one.person.first_name: one for one in readers(cast.organisation, cast.policy, on=day)}
    assert found["Ruth"].step == Step.OPEN and not found["Ruth"].signs_in
    assert found["Helen"].step == Step.OPEN and found["Helen"].signs_in
    assert (found["Leah"].step, found["Leah"].parts_read) == (Step.READ, 1)
    assert {name for name, one in found.items() if one.step == Step.SIGNED} == {
        "Priya",
        "Kofi",
        "Tom",
        "Gwen",
    }
    assert must_sign(cast.member(cast.helen), cast.policy, on=day)
    assert not must_sign(cast.member(cast.tom), cast.policy, on=day)
    assert not must_sign(cast.member(cast.outsider), cast.policy, on=day)
    assert not must_sign(cast.member(cast.helen), None, on=day)


@pytest.mark.clause("C50")
def test_signing_names_what_everybody_must_know_and_keeps_the_receipts(cast: Cast, now: datetime) -> None:
    Receipt.objects.all().delete()
    [line] = [one for one in confirmations_today(cast.policy, now) if one.key == "policies"]
    document = LibraryDocument.objects.get()
    assert f"I have read “{document.title}” ({document.version})." in line.words
    reading = understood(cast, cast.leah, now)
    seen = digest_of(confirmations_today(cast.policy, now))
    record_document(
        actor=cast.priya,
        organisation=cast.organisation,
        kind=Kind.DEVICES,
        details=Details(
            "Phones",
            "2",
            cast.organisation.day(now),
            review_after(cast.organisation.day(now), 1),
            place="Office",
            for_everyone=True,
        ),
        at=now,
    )
    with pytest.raises(CannotSign, match="read the lines once more"):
        sign(cast, cast.leah, reading, now, seen=seen)
    assert not Receipt.objects.exists()
    sign(cast, cast.leah, reading, now)
    kept = Receipt.objects.filter(person__user=cast.leah, means=Receipt.Means.SIGNING)
    assert kept.count() == 2 and Receipt.objects.count() == 2
    assert Entry.objects.filter(kind="policies.document_read", actor=str(cast.leah.pk), at=now).count() >= 2


@pytest.mark.clause("C57")
@pytest.mark.clause("C68")
@pytest.mark.clause("C74")
def test_nobody_signs_who_has_not_declared_for_themselves_within_the_year(cast: Cast, now: datetime) -> None:
    reading = understood(cast, cast.leah, now)
    Declaration.objects.filter(person__user=cast.leah).delete()
    with pytest.raises(CannotSign, match="your own accounts first"):
        sign(cast, cast.leah, reading, now)
    answers = {question.name: question.wanted for question in QUESTIONS}
    declare(actor=cast.leah, organisation=cast.organisation, answers=answers, at=now)
    day = cast.organisation.day(now)
    Declaration.objects.filter(person__user=cast.leah).update(declared_on=day - timedelta(days=367))
    with pytest.raises(CannotSign, match="your own accounts first"):
        sign(cast, cast.leah, reading, now)
    Declaration.objects.filter(person__user=cast.leah).update(declared_on=day - timedelta(days=360))
    assert sign(cast, cast.leah, reading, now).user == cast.leah


def test_what_was_read_in_other_parts_is_read_again(cast: Cast, now: datetime) -> None:
    reading = opened(cast, cast.leah, now)
    PartRead.objects.create(reading=reading, number=1, title="As it was cut before", read_at=now)
    with pytest.raises(CannotSign, match="in their order"):
        services.finish_part(actor=cast.leah, reading=reading, number=2, at=now)
    services.finish_part(actor=cast.leah, reading=reading, number=1, at=now)
    services.finish_part(actor=cast.leah, reading=reading, number=2, at=now)
    found = reading.parts.exclude(so_far="").values_list("so_far", flat=True)
    assert tuple(found) == ends_of(cast.policy.text)[:2]
    assert progress_of(cast.member(cast.leah), cast.policy).parts_read == 2


@pytest.mark.clause("C50")
def test_what_came_into_the_library_while_somebody_signed_they_have_still_to_read(
    cast: Cast, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    declare(
        actor=cast.leah,
        organisation=cast.organisation,
        answers={one.name: one.wanted for one in QUESTIONS},
        at=now,
    )
    day, looked = cast.organisation.day(now), services.proved

    def meanwhile(*given: Any) -> bool:
        record_document(
            actor=cast.priya,
            organisation=cast.organisation,
            kind=Kind.CONDUCT,
            details=Details("Code", "New", day, day + timedelta(days=9), place="Shelf", for_everyone=True),
            at=now,
        )
        return looked(*given)

    monkeypatch.setattr(services, "proved", meanwhile)
    Receipt.objects.all().delete()
    sign(cast, cast.leah, understood(cast, cast.leah, now), now)
    assert [one.document.kind for one in Receipt.objects.select_related("document")] == ["safeguarding"]
