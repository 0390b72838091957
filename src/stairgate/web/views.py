"""The front door, Today, and what to do when somebody is worried or something broke."""

from __future__ import annotations

from allauth.account import views as account
from django.conf import settings
from django.contrib.auth import login
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_GET, require_POST

from stairgate.organisations.access import current
from stairgate.organisations.models import Membership, Organisation, User
from stairgate.web.reminder_tasks import with_reminders
from stairgate.web.today import today_page


@require_GET
def today(request: HttpRequest) -> HttpResponse:
    """Show what needs this person, most serious first."""
    me, now = current(request), timezone.now()
    page = with_reminders(today_page(me, now), me, now)
    return render(request, "web/today.html", {"active": "today", "page": page})


@require_GET
def menu(request: HttpRequest) -> HttpResponse:
    """Show every page, for phones without JavaScript."""
    current(request)
    return render(request, "web/menu.html", {"active": "menu"})


@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Keep how the person wants the screen to look, and go back where they were."""
    member = current(request)
    wanted = request.POST.get("look", "")
    if wanted not in User.Look.values:
        raise Http404
    User.objects.filter(pk=member.user_id).update(look=wanted)
    return _back(request)


def _back(request: HttpRequest) -> HttpResponse:
    """Lead to where somebody was, when that is a page of ours; to Today when it is not."""
    where = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(where, allowed_hosts={request.get_host()})
    return redirect(where if safe else reverse("today"))


@login_not_required
@require_GET
def help_now(request: HttpRequest) -> HttpResponse:
    """Say who to ring about a child. Open to everybody: help comes before signing in."""
    return render(request, "web/help_now.html", {"active": "help"})


@login_not_required
@require_GET
def alive(request: HttpRequest) -> HttpResponse:
    """Answer that the web process is up. Says nothing else."""
    return HttpResponse("alive\n", content_type="text/plain")


@login_not_required
def sign_in(request: HttpRequest) -> HttpResponse:
    """Show the door. In the demo, and only there, it lets a visitor pick who to be."""
    if request.method == "GET" and not Organisation.objects.exists():
        return redirect("welcome")
    request.demo_people = _demo_people()  # type: ignore[attr-defined]
    return account.login(request)  # type: ignore[no-any-return]


@login_not_required
@require_POST
def sign_in_as(request: HttpRequest) -> HttpResponse:
    """Sign in as one of the demo's people. Does not exist outside the demo."""
    chosen = request.POST.get("who", "")
    member = next((m for m in _demo_people() if str(m.pk) == chosen), None)
    if member is None:
        raise Http404
    login(request, member.user, backend="django.contrib.auth.backends.ModelBackend")
    return _back(request)


@login_not_required
def no_sign_up(request: HttpRequest) -> HttpResponse:
    """Nobody makes an account for themselves: a manager does."""
    raise Http404


def _demo_people() -> list[Membership]:
    if not settings.DEMO:
        return []
    people = Membership.objects.filter(organisation__is_demo=True, ended_on__isnull=True)
    return list(people.select_related("user", "organisation").order_by("started_on", "job_title"))


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "400.html", status=400)


def forbidden(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "403.html", {"why": ""}, status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    return render(request, "404.html", status=404)


def broken(request: HttpRequest) -> HttpResponse:
    """Say that something broke on our side, without asking the database for anything."""
    return render(request, "500.html", {"look": "auto"}, status=500)
