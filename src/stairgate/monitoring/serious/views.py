"""Stop and report it: the pages for what looks illegal. Nothing can be uploaded here, and nothing is shown."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels.services import network_for
from stairgate.monitoring.models import Item, Serious
from stairgate.monitoring.serious import services
from stairgate.monitoring.serious.rules import Step
from stairgate.monitoring.serious.selectors import case_page
from stairgate.monitoring.views import decider
from stairgate.networks.base import Capability
from stairgate.organisations.access import get
from stairgate.organisations.models import Membership, User
from stairgate.organisations.selectors import holders
from stairgate.publishing.services import Refusal


@require_GET
def begin(request: HttpRequest) -> HttpResponse:
    """Say what not to do, before anything is written down: for what somebody saw on the page itself."""
    decider(request)
    return render(request, "serious/begin.html", {"active": "inbox"})


@require_POST
def start(request: HttpRequest) -> HttpResponse:
    """Stop at something that is no item of the inbox."""
    member = decider(request)
    case = services.stop(actor=member.user, organisation=member.organisation, item=None, at=timezone.now())
    return redirect("monitoring:serious", case.pk)


@require_POST
def stop(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Stop at an item: from now on it is locked."""
    member = decider(request)
    item = get(member, Item.objects.all(), pk)
    case = services.stop(actor=member.user, organisation=member.organisation, item=item, at=timezone.now())
    return redirect("monitoring:serious", case.pk)


def _case(member: Membership, pk: UUID) -> Serious:
    return get(member, Serious.objects.select_related("organisation", "item__channel", "started_by"), pk)


@require_GET
def case(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show the steps in order."""
    member = decider(request)
    return _page(request, member, _case(member, pk))


def _page(request: HttpRequest, member: Membership, row: Serious, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    able = network_for(row.item.channel).capabilities if row.item else frozenset()
    values = {
        "active": "inbox",
        "case": row,
        "story": case_page(row),
        "leads": holders(member.organisation, services.LEADS, member.organisation.day(now)),
        "may_finish": services.is_lead(member, now),
        "can_hide": Capability.HIDE in able,
        "typed": request.POST,
    }
    return render(request, "serious/case.html", values, status=status)


class _Typed:
    """What somebody typed for one step, and the deed it is for."""

    def __init__(self, actor: User, case: Serious, typed: QueryDict) -> None:
        self.actor, self.case, self.at = actor, case, timezone.now()
        self._typed = typed

    def __getitem__(self, name: str) -> str:
        return self._typed.get(name, "")

    def words(self) -> object:
        return services.note_words(
            actor=self.actor,
            case=self.case,
            address=self["address"],
            account=self["account"],
            seen_when=self["seen_when"],
            seen_by=self["seen_by"],
            at=self.at,
        )

    def danger(self) -> object:
        return services.answer_danger(
            actor=self.actor, case=self.case, how=self["how"], reference=self["reference"], at=self.at
        )

    def told(self) -> object:
        try:
            lead = UUID(self["lead"])
        except ValueError:
            lead = None
        return services.tell_lead(actor=self.actor, case=self.case, lead=lead, at=self.at)

    def reported(self) -> object:
        return services.report(
            actor=self.actor,
            case=self.case,
            to=self["to"],
            reference=self["reference"],
            because=self["because"],
            at=self.at,
        )

    def hidden(self) -> object:
        return services.hide_after(
            actor=self.actor, case=self.case, how=self["how"], reference=self["reference"], at=self.at
        )

    def support(self) -> object:
        return services.note_support(actor=self.actor, case=self.case, words=self["words"], at=self.at)

    def closed(self) -> object:
        return services.finish(actor=self.actor, case=self.case, at=self.at)


_DEEDS = {
    Step.WORDS: _Typed.words,
    Step.DANGER: _Typed.danger,
    Step.TOLD: _Typed.told,
    Step.REPORTED: _Typed.reported,
    Step.HIDDEN: _Typed.hidden,
    Step.SUPPORT: _Typed.support,
    Step.CLOSED: _Typed.closed,
}
_SAID = {
    Step.DANGER: "Written down. If that changes, ring 999 first.",
    Step.HIDDEN: "Written down. Nothing was deleted.",
    Step.CLOSED: "Finished. What was written down stays.",
}


@require_POST
def step(request: HttpRequest, pk: UUID, name: str) -> HttpResponse:
    """Write down one step."""
    member = decider(request)
    row = _case(member, pk)
    deed = _DEEDS.get(Step(name)) if name in Step.values else None
    if deed is None:
        raise Http404
    try:
        deed(_Typed(member.user, row, request.POST))
    except Refusal as refusal:
        messages.error(request, str(refusal))
        return _page(request, member, _case(member, pk), status=422)
    messages.success(request, _SAID.get(Step(name), "Written down."))
    if name == Step.CLOSED:
        return redirect("monitoring:inbox")
    return redirect("monitoring:serious", row.pk)
