"""The page of one account, and what keeps it authorised: conditions, evaluation, renewal, found pages."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stairgate.channels import pausing
from stairgate.channels.account_page import AccountPage, account_page
from stairgate.channels.asking import lasting
from stairgate.channels.asking.deciding import CannotDecide
from stairgate.channels.asking.form import line
from stairgate.channels.asking.forms import FoundForm
from stairgate.channels.asking.still_them import ask_again, shown
from stairgate.channels.dialog.selectors import allowed_of
from stairgate.channels.models import Channel, Condition, FoundPage, Renewal
from stairgate.channels.services import network_for
from stairgate.networks import able
from stairgate.networks.prices import read_cost
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty, Role

_TYPED = "typed_on_renewal"


@require_GET
def account(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one account: what it is for, who holds it, what is open, and what happened."""
    member, channel = _channel(request, pk)
    kept = request.session.pop(_TYPED, None) or {}
    return _page(request, member, channel, typed=kept if kept.get("pk") == str(pk) else {})


def _channel(request: HttpRequest, pk: UUID) -> tuple[Membership, Channel]:
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    related = (
        "organisation",
        "connection__seen_by",
        "connection__connected_by",
        "authorised_by",
        "requested_by",
    )
    return member, get(member, Channel.objects.select_related(*related), pk)


def _page(
    request: HttpRequest, member: Membership, channel: Channel, *, status: int = 200, **refused: object
) -> HttpResponse:
    now = timezone.now()
    on = member.organisation.day(now)
    duties, roles = member.duties_on(on), member.roles_on(on)
    about = account_page(channel, now)
    values = {
        "active": "accounts",
        "channel": channel,
        "about": about,
        "account": about.now,
        "n": "1",
        "may_pause": bool(duties & pausing.MAY_PAUSE),
        "may_connect": bool(duties & {Duty.MANAGE, Duty.LOOK_AFTER}),
        "may_evaluate": bool(duties & {Duty.MANAGE, Duty.LOOK_AFTER}) and about.waiting is None,
        "decides": Role.SERVICE_MANAGER in roles,
        "may_renew": about.waiting is not None
        and Role.SERVICE_MANAGER in roles
        and about.waiting.asked_by_id != member.user_id,
        "able": able.table(network_for(channel)),
        "read_cost": read_cost(channel.network),
        "today": on,
        "promised": _promised(about),
        # then the way to connect it anew stands first, beside what is wrong
        "broken": bool(about.now.reading and not about.now.reading.ok) and not channel.by_hand,
        "allowed": allowed_of(channel, about.now.reading),
    }
    return render(request, "channels/account.html", values | refused, status=status)


def _promised(about: AccountPage) -> date | None:
    """Return the day of the promised evaluation, while nothing came of it yet."""
    if about.request is None or about.renewals:
        return None
    return date.fromisoformat(line(about.request.answers, "evaluate_on"))


def _do(
    request: HttpRequest, member: Membership, channel: Channel, which: str, deed: Callable[[], str]
) -> HttpResponse:
    """Do a deed on the page of an account; a refusal is shown where it was typed, with what was typed."""
    try:
        messages.success(request, deed())
    except CannotDecide as refusal:
        typed = {
            name: request.POST.get(name, "") for name in ("how", "evaluation", "reason", "name", "until")
        }
        return _page(request, member, channel, status=422, refused=which, wrong=str(refusal), typed=typed)
    return redirect("channels:account", pk=channel.pk)


@require_POST
def meet(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a condition is met."""
    rows = Condition.objects.filter(channel__organisation=current(request).organisation_id)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    member, channel = _channel(request, row.channel_id)

    def deed() -> str:
        lasting.meet(actor=member.user, condition=row, how=_typed(request, "how"), at=timezone.now())
        return "Written down as met."

    return _do(request, member, channel, f"meet-{row.pk.hex}", deed)


@require_POST
def evaluate(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down what came of an account, so that it can go on."""
    member, channel = _channel(request, pk)

    def deed() -> str:
        words = _typed(request, "evaluation")
        lasting.evaluate(actor=member.user, channel=channel, evaluation=words, at=timezone.now())
        return "Written down. The service manager decides now whether it goes on."

    return _do(request, member, channel, "evaluate", deed)


@require_POST
def renew(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Decide whether an account goes on."""
    rows = Renewal.objects.filter(channel__organisation=current(request).organisation_id)
    row = rows.filter(pk=pk).first()
    if row is None:
        raise Http404
    member, channel = _channel(request, row.channel_id)
    decides = Role.SERVICE_MANAGER in member.roles_on(member.organisation.day(timezone.now()))
    if decides and row.decided_at is None and not shown(request, member):
        kept = {name: _typed(request, name)[:1000] for name in ("reason", "name", "until")}
        request.session[_TYPED] = {**kept, "pk": str(channel.pk)}
        return ask_again(reverse("channels:account", args=[channel.pk]))

    def deed() -> str:
        until = None if request.POST.get("go") == "no" else _day(_typed(request, "until"))
        given: dict[str, Any] = {"reason": _typed(request, "reason"), "name": _typed(request, "name")}
        lasting.renew(actor=member.user, renewal=row, until=until, at=timezone.now(), **given)
        return "Renewed, and signed." if until else "Not renewed. It shuts when its time is over."

    return _do(request, member, channel, "renew", deed)


def _typed(request: HttpRequest, name: str) -> str:
    return request.POST.get(name, "").strip()


def _day(typed: str) -> date:
    """Return the day that was typed; for what is none, a day that nothing can run until: the deed says so."""
    try:
        return date.fromisoformat(typed)
    except ValueError:
        return date.min


@require_http_methods(["GET", "POST"])
def found(request: HttpRequest) -> HttpResponse:
    """Write down a page in our name that nobody authorised."""
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    form = FoundForm(request.POST or None)
    status = 200
    if request.method == "POST":
        status = 422
        if form.is_valid():
            try:
                page = lasting.found(
                    actor=member.user,
                    organisation=member.organisation,
                    at=timezone.now(),
                    **form.cleaned_data,
                )
                day = f"{page.regularise_by:%a} {page.regularise_by.day} {page.regularise_by:%b}"
                messages.success(request, f"On the list. It has to be authorised, or gone, by {day}.")
                return redirect("channels:list")
            except CannotDecide as refusal:
                form.add_error("name", str(refusal))
    return render(request, "asking/found.html", {"active": "accounts", "form": form}, status=status)


@require_POST
def gone(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say that a found page is taken down, or not ours."""
    member = current(request)
    page = get(member, FoundPage.objects.all(), pk)
    try:
        lasting.gone(actor=member.user, page=page, why=_typed(request, "why"), at=timezone.now())
        messages.success(request, f"{page.name} is off the list.")
    except CannotDecide as refusal:
        messages.error(request, str(refusal))
    return redirect("channels:list")
