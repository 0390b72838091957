"""Every version that was ever adopted, to read, and beside the one before it."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from stairgate.organisations.access import current, records, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.policies.differences import changes, number_changes
from stairgate.policies.drafting import pack_for
from stairgate.policies.models import PolicyVersion
from stairgate.policies.packs.document import Document

_A_PAGE = 50


def _reader(request: HttpRequest) -> Membership:
    member = current(request)
    require(member, Duty.SEE_POLICY)
    return member


@require_GET
def index(request: HttpRequest) -> HttpResponse:
    """List the versions, newest first."""
    member = _reader(request)
    rows = records(member, PolicyVersion.objects.defer("text", "content").select_related("adopted_by"))
    page = Paginator(rows, _A_PAGE).get_page(request.GET.get("page"))
    manages = Duty.MANAGE in member.duties_on(member.organisation.day(timezone.now()))
    return render(request, "policies/versions.html", {"active": "policy", "page": page, "manages": manages})


@require_GET
def read(request: HttpRequest, number: int) -> HttpResponse:
    """Show the words of one version."""
    version = _version(_reader(request), number)
    values = {"active": "policy", "version": version, "document": Document.of(version.text)}
    return render(request, "policies/version.html", values)


@require_GET
def differences(request: HttpRequest, number: int) -> HttpResponse:
    """Show what one version changed in the one before it."""
    member = _reader(request)
    version = _version(member, number)
    last = records(member, PolicyVersion.objects.filter(number__lt=version.number)).first()
    before = Document.of(last.text) if last else None
    named = pack_for(member.organisation.kind).parameters
    values = {
        "active": "policy",
        "version": version,
        "last": last,
        "changes": changes(before, Document.of(version.text)) if last else (),
        "numbers": number_changes(last.parameters if last else None, version.parameters, named),
    }
    return render(request, "policies/differences.html", values)


def _version(member: Membership, number: int) -> PolicyVersion:
    rows = records(member, PolicyVersion.objects.select_related("adopted_by"))
    version = rows.filter(number=number).first()
    if version is None:
        raise Http404
    return version
