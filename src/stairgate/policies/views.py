"""The policy in force, to read."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from stairgate.organisations.access import current, require
from stairgate.organisations.papers import paper_answer
from stairgate.organisations.rules import Duty
from stairgate.policies.models import PolicyVersion
from stairgate.policies.packs.document import Document
from stairgate.policies.printed import code_paper, policy_paper
from stairgate.policies.selectors import in_force, responsible


@require_GET
def words(request: HttpRequest) -> HttpResponse:
    """Show the text of the policy in force, by chapter, and who is responsible today."""
    member = current(request)
    require(member, Duty.SEE_POLICY)
    version = in_force(member.organisation)
    values = {
        "active": "policy",
        "version": version,
        "document": Document.of(version.text) if version else None,
        "responsible": responsible(member.organisation, on=member.organisation.day(timezone.now())),
    }
    return render(request, "policies/words.html", values)


@require_GET
def policy_pdf(request: HttpRequest) -> HttpResponse:
    """Send the policy in force as a PDF. Raises Http404 before one is adopted."""
    version = _in_force(request)
    return paper_answer(request, policy_paper(version, at=timezone.now()), f"policy-{version.label}")


@require_GET
def code_pdf(request: HttpRequest) -> HttpResponse:
    """Send the code of conduct as a PDF, with lines to sign by hand. Raises Http404 when there is none."""
    version = _in_force(request)
    paper = code_paper(version, at=timezone.now())
    if paper is None:
        raise Http404
    return paper_answer(request, paper, f"code-of-conduct-{version.label}")


def _in_force(request: HttpRequest) -> PolicyVersion:
    member = current(request)
    require(member, Duty.SEE_POLICY)
    version = in_force(member.organisation)
    if version is None:
        raise Http404
    return version
