"""Putting the words where no program can, and looking whether they are there."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.pixels import BadPicture
from stairgate.policies.selectors import holds
from stairgate.publishing import services
from stairgate.publishing.models import Delivery
from stairgate.publishing.selectors.by_hand import hand_page
from stairgate.publishing.services import by_hand as deeds


@require_GET
@never_cache
def page(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what is to be done by hand now: begin, paste, look, or confirm."""
    member, delivery = _delivery(request, pk)
    return _page(request, member, delivery)


@require_GET
@never_cache
def proof(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for the address of the post, once it is there. The words are not on this page."""
    member, delivery = _delivery(request, pk)
    return _page(request, member, delivery, template="publishing/by_hand_proof.html")


@require_GET
@never_cache
def still(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Return nothing while the words may still be shown; else that the page is to be read again."""
    member, delivery = _delivery(request, pk)
    answer = HttpResponse(status=204)
    if hand_page(delivery, member, timezone.now()).hidden:
        answer["HX-Refresh"] = "true"
    return answer


@require_POST
def begin(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Open the gate for this person, for two minutes."""
    member, delivery = _delivery(request, pk)
    try:
        deeds.begin(actor=member.user, delivery=delivery, at=timezone.now())
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("publishing:hand", pk)


@require_POST
def answer(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say what became of it, or what is there."""
    member, delivery = _delivery(request, pk)
    saw = request.POST.get("saw", "")
    try:
        said = _DEEDS.get(saw, _not_an_answer)(request, member, delivery)
    except (services.Refusal, BadPicture) as refusal:
        messages.error(request, str(refusal))
        template = "publishing/by_hand_proof.html" if saw == "there" else "publishing/by_hand.html"
        delivery.refresh_from_db()
        return _page(request, member, delivery, template=template, status=422)
    messages.success(request, said)
    return redirect("publishing:review", delivery.post_id)


@require_POST
def gone(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that it was taken down by hand."""
    member, delivery = _delivery(request, pk)
    try:
        deeds.say_gone(
            actor=member.user,
            delivery=delivery,
            proof=request.POST.get("proof", ""),
            picture=_picture(request, member),
            at=timezone.now(),
        )
        messages.success(request, "Written down. Its whole history stays here.")
    except (services.Refusal, BadPicture) as refusal:
        messages.error(request, str(refusal))
    return redirect("publishing:review", delivery.post_id)


def _there(request: HttpRequest, member: Membership, delivery: Delivery) -> str:
    # A picture is taken in before anything is locked: it may take half a minute.
    given = deeds.Proof(request.POST.get("link", "").strip(), _picture(request, member))
    deeds.say_there(actor=member.user, delivery=delivery, proof=given, at=timezone.now())
    if not delivery.channel.by_hand:
        return "Written down: it is on the page."
    return "Written down. Somebody else looks now whether it is there, word for word."


def _not_posted(request: HttpRequest, member: Membership, delivery: Delivery) -> str:
    deeds.say_not_posted(actor=member.user, delivery=delivery, at=timezone.now())
    return "Written down: it was not posted. Somebody can begin again."


def _not_there(request: HttpRequest, member: Membership, delivery: Delivery) -> str:
    deeds.say_not_there(actor=member.user, delivery=delivery, at=timezone.now())
    return "Written down: you looked, and it is not there."


def _same(request: HttpRequest, member: Membership, delivery: Delivery) -> str:
    deeds.confirm(actor=member.user, delivery=delivery, at=timezone.now())
    return "Confirmed: it is there, word for word."


def _different(request: HttpRequest, member: Membership, delivery: Delivery) -> str:
    pictures = request.POST.get("pictures", "")
    if not pictures.isdecimal() or len(pictures) > 3:
        raise services.Refusal("Say how many photos are there.")
    deeds.say_different(
        actor=member.user,
        delivery=delivery,
        words=request.POST.get("words", "")[:20_000],
        pictures=int(pictures),
        at=timezone.now(),
    )
    return "Written down, with what you saw. Put it right there, or take it down."


def _not_an_answer(request: HttpRequest, member: Membership, delivery: Delivery) -> str:
    raise services.Refusal("Press one of the buttons on this page.")


_DEEDS: dict[str, Callable[[HttpRequest, Membership, Delivery], str]] = {
    "there": _there,
    "not_posted": _not_posted,
    "not_there": _not_there,
    "same": _same,
    "different": _different,
}


def _delivery(request: HttpRequest, pk: UUID) -> tuple[Membership, Delivery]:
    """Return a delivery for whoever may write or approve. The service asks again, and more closely."""
    member = current(request)
    rows = Delivery.objects.select_related(
        "post", "revision", "organisation", "channel__organisation", "channel__connection"
    )
    if not holds(member, Duty.APPROVE, on=member.organisation.day(timezone.now())):
        require(member, Duty.WRITE)
    return member, get(member, rows, pk)


def _picture(request: HttpRequest, member: Membership) -> UUID | None:
    upload = request.FILES.get("photo")
    if upload is None:
        return None
    now = timezone.now()
    row = services.add_picture(
        actor=member.user, organisation=member.organisation, data=upload.read(), at=now
    )
    return row.pk


def _page(
    request: HttpRequest,
    member: Membership,
    delivery: Delivery,
    *,
    template: str = "publishing/by_hand.html",
    status: int = 200,
) -> HttpResponse:
    values = {
        "active": "posts",
        "page": hand_page(delivery, member, timezone.now()),
        "delivery": delivery,
        "post": delivery.post,
        "channel": delivery.channel,
        "setting_initial": member.organisation.name[:1],
        "typed": request.POST,
    }
    return render(request, template, values, status=status)
