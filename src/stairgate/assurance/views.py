"""The policy, live; and the record, for somebody who does not have to trust us."""

from __future__ import annotations

from uuid import UUID

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.assurance.gathering import known_now
from stairgate.assurance.judges_work import OF_AN_ACCOUNT
from stairgate.assurance.known import Known
from stairgate.assurance.live import Live, LiveClause, live_policy
from stairgate.assurance.past import past_of, past_of_account
from stairgate.assurance.risks import ABOUT_RISKS, live_risks
from stairgate.assurance.services import hand_out
from stairgate.assurance.showing import Filter, may_open
from stairgate.assurance.telling import tell
from stairgate.channels.models import Channel
from stairgate.ledger.selectors import history, newest_checkpoint
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.policies.models import PolicyVersion
from stairgate.policies.packs.document import Document
from stairgate.policies.selectors import in_force

_A_PAGE = 50


def _live(member: Membership, version: PolicyVersion | None, account: UUID | None = None) -> Live:
    return _known_and_live(member, version, account)[1]


def _known_and_live(
    member: Membership, version: PolicyVersion | None, account: UUID | None = None
) -> tuple[Known, Live]:
    """Return what is known, and the policy as this person may see it: who lacks what is for who sees the register."""
    now = timezone.now()
    known = known_now(member.organisation, now, version=version, account=account)
    names = Duty.SEE_PEOPLE in member.duties_on(member.organisation.day(now))
    return known, live_policy(known, names=names, only=OF_AN_ACCOUNT if account else None)


@require_GET
def live(request: HttpRequest) -> HttpResponse:
    """Show every clause with what it is worth now, what is to mend first."""
    member = current(request)
    require(member, Duty.SEE_POLICY)
    version = in_force(member.organisation)
    policy = _live(member, version)
    values = _shown(member, policy) | {"version": version, "filter": Filter.of(request.GET, policy, member)}
    return render(request, "assurance/policy.html", values)


@require_GET
def account(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what the clauses that speak of an account are worth for one of them."""
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    channel = get(
        member, Channel.objects.select_related("organisation").exclude(status=Channel.Status.CLOSED), pk
    )
    version = in_force(member.organisation)
    policy = _live(member, version, channel.pk)
    values = _shown(member, policy) | {
        "version": version,
        "channel": channel,
        "past": past_of_account(channel, until=member.organisation.day(timezone.now())),
        "filter": Filter.of(request.GET, policy, member),
    }
    return render(request, "assurance/policy.html", values)


@require_GET
def risks(request: HttpRequest) -> HttpResponse:
    """Show each risk of the register with the clauses that lower it, and whether they are met now."""
    member = current(request)
    require(member, Duty.SEE_POLICY)
    version = in_force(member.organisation)
    known, policy = _known_and_live(member, version)
    found = live_risks(version, known, policy) if version else ()
    values = {"active": "policy", "version": version, "now": timezone.now(), "risks": found}
    return render(request, "assurance/risks.html", values)


@require_GET
def clause(request: HttpRequest, number: str) -> HttpResponse:
    """Show one clause: its words, what it is worth and by what proof, what to do next, and how it was before."""
    member = current(request)
    require(member, Duty.SEE_POLICY)
    version = in_force(member.organisation)
    policy = _live(member, version)
    found = policy.clause(number)
    if found is None:
        raise Http404
    values = _shown(member, policy) | _about(member, found, version)
    return render(request, "assurance/clause.html", values)


def _about(member: Membership, found: LiveClause, version: PolicyVersion | None) -> dict[str, object]:
    chapters = Document.of(version.text).chapters if version else ()
    return {
        "clause": found,
        "version": version,
        "names_a_risk": found.id in ABOUT_RISKS,
        "pieces": [piece for chapter in chapters for piece in chapter.pieces if found.id in piece.clauses],
        "past": past_of(member.organisation, found.id, until=member.organisation.day(timezone.now())),
    }


def _shown(member: Membership, policy: Live) -> dict[str, object]:
    duties = member.duties_on(member.organisation.day(timezone.now()))
    return {"active": "policy", "live": policy, "now": timezone.now(), "opens": may_open(duties)}


@require_GET
def record(request: HttpRequest) -> HttpResponse:
    """Show the ledger, newest first, in words."""
    member = current(request)
    require(member, Duty.SEE_ACCOUNTS)
    page = Paginator(history(member.organisation_id), _A_PAGE).get_page(request.GET.get("page"))
    values = {
        "active": "policy",
        "page": page,
        "lines": tell(member.organisation, page.object_list),
        "may_download": Duty.MANAGE in member.duties_on(member.organisation.day(timezone.now())),
        "checkpoint": newest_checkpoint(member.organisation_id),
    }
    return render(request, "assurance/record.html", values)


@require_POST
def download(request: HttpRequest) -> HttpResponse:
    """Hand out the whole record with the program that checks it."""
    member = current(request)
    now = timezone.now()
    whole = hand_out(actor=member.user, organisation=member.organisation, at=now)
    answer = HttpResponse(whole, content_type="application/zip")
    day = member.organisation.day(now)
    answer["Content-Disposition"] = f'attachment; filename="stairgate-record-{day:%Y-%m-%d}.zip"'
    return answer
