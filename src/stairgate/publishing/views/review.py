"""Deciding about a post, and what became of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.policies.selectors import holds
from stairgate.publishing import services
from stairgate.publishing.models import Delivery, Post
from stairgate.publishing.rules import APPROVER_CONFIRMS, why_may_not_approve
from stairgate.publishing.selectors.lists import posts_of, waiting_for
from stairgate.publishing.selectors.review import ReviewPage, review_page, with_policy
from stairgate.publishing.states import EDITABLE, FINAL, THERE, UNDECIDED, DeliveryState, PostState

_A_PAGE = 25


@require_GET
def posts(request: HttpRequest) -> HttpResponse:
    """List every post of the setting, newest change first; only some states when asked."""
    member = current(request)
    wanted = request.GET.get("state", "")
    states = [wanted] if wanted in PostState.values else []
    page = Paginator(posts_of(member.organisation, states), _A_PAGE).get_page(request.GET.get("page"))
    values = {"active": "posts", "page": page, "state": wanted, "states": PostState.choices}
    return render(request, "publishing/list.html", values)


@require_GET
def approvals(request: HttpRequest) -> HttpResponse:
    """List what waits for this person's decision, oldest first."""
    member = current(request)
    _require_approver(member)
    page = Paginator(waiting_for(member, timezone.now()), _A_PAGE).get_page(request.GET.get("page"))
    return render(request, "publishing/approvals.html", {"active": "approve", "page": page})


def _require_approver(member: Membership) -> None:
    """Raise `NotAllowed` unless this person may approve: an administrator, or a lead where the policy says so."""
    if not holds(member, Duty.APPROVE, on=member.organisation.day(timezone.now())):
        require(member, Duty.APPROVE)


@require_GET
def review(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show exactly what people will see, what was found in it, and the decision."""
    member = current(request)
    return _page(request, member, get(member, with_policy(Post.objects.all()), pk))


def _page(request: HttpRequest, member: Membership, post: Post, *, status: int = 200) -> HttpResponse:
    """Show a post; after a refusal, with everything that was typed still there."""
    page = review_page(post, member, timezone.now())
    if page is None:
        raise Http404
    may = _may(member, post, page)
    on_a_page = any(delivery.state in THERE for delivery in page.deliveries)
    may["may_take_down"] = on_a_page and may["may_carry_on"] and post.changes_id is None
    values = {"active": "approve" if may["may_decide"] else "posts", "page": page, "post": post, **may}
    return render(request, "publishing/review.html", values | {"typed": request.POST}, status=status)


def _may(member: Membership, post: Post, page: ReviewPage) -> dict[str, object]:
    """Return what this reader may do here. The service asks again; this only hides what would be refused."""
    duties = member.duties_on(member.organisation.day(timezone.now()))
    own = why_may_not_approve(approver=member.user_id, name="You", writers=page.writers, barriers=())
    said_yes = page.said_yes_by(member)
    approver = holds(member, Duty.APPROVE, on=member.organisation.day(timezone.now()))
    return {
        "own": member.user_id in page.writers,
        "said_yes": said_yes,
        "undecided": PostState(post.state) in UNDECIDED,
        "may_decide": approver and not (own or said_yes) and post.state == PostState.WITH_APPROVER,
        "may_change": Duty.WRITE in duties,
        "may_edit": Duty.WRITE in duties and PostState(post.state) in EDITABLE,
        "may_withdraw": (approver or bool(own)) and PostState(post.state) in EDITABLE,
        "may_carry_on": approver,
        "may_by_hand": approver or Duty.WRITE in duties,
        "may_look_second": any(member.pk == looker.pk for looker in page.urgent.lookers)
        if page.urgent
        else False,
        "may_talk": (approver or bool(own)) and PostState(post.state) not in FINAL,
        "confirms": APPROVER_CONFIRMS,
        "setting_initial": member.organisation.name[:1],
    }


@require_POST
def approve(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Say yes to exactly the version that was shown."""

    def deed(member: Membership, post: Post) -> str:
        now = timezone.now()
        services.approve(
            actor=member.user,
            post=post,
            digest=request.POST.get("digest", ""),
            confirmed=bool(request.POST.get("read")),
            purpose_reason=request.POST.get("purpose_reason", ""),
            at=now,
        )
        post.refresh_from_db()
        return _said_yes(post, now)

    return decide(request, pk, deed)


def _said_yes(post: Post, now: datetime) -> str:
    """Return what a yes came to, truthfully: another one is needed, or when it goes out."""
    if post.state == PostState.WITH_APPROVER:
        return "You said yes. It goes out only when another person has said yes as well."
    due = post.deliveries.filter(state=DeliveryState.WAITING).order_by("send_at").first()
    if due is None or due.send_at <= now:
        return "Approved. The gate checks everything once more as it goes out."
    local = post.organisation.local(due.send_at)
    waits = "" if due.revision.send_at else "These are quiet hours. "
    return (
        f"Approved. {waits}It goes out {local:%A} at {local:%H:%M}, and the gate checks everything once more."
    )


@require_POST
def ask_for_changes(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send it back to its author with a note."""

    def deed(member: Membership, post: Post) -> str:
        note = request.POST.get("note", "")
        services.ask_for_changes(actor=member.user, post=post, note=note, at=timezone.now())
        return f"Returned to {post.author.first_name} with your note."

    return decide(request, pk, deed)


@require_POST
def say(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Add a message to the conversation about it."""

    def deed(member: Membership, post: Post) -> str:
        text = request.POST.get("message", "")
        services.say(actor=member.user, post=post, text=text, at=timezone.now())
        return "Said. It is on their Today now."

    return decide(request, pk, deed)


@require_POST
def heard(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take what was said off this person's Today."""

    def deed(member: Membership, post: Post) -> str:
        services.mark_read(actor=member.user, post=post, at=timezone.now())
        return "Read. It is off your Today."

    return decide(request, pk, deed)


@require_POST
def withdraw(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take it back for good before it went out."""

    def deed(member: Membership, post: Post) -> str:
        services.withdraw(
            actor=member.user, post=post, reason=request.POST.get("reason", ""), at=timezone.now()
        )
        return "Withdrawn. Its history is kept."

    return decide(request, pk, deed)


def decide(request: HttpRequest, pk: UUID, deed: Callable[[Membership, Post], str]) -> HttpResponse:
    """Do a deed on a post and say what came of it; refused, show the post with everything that was typed."""
    member = current(request)
    post = get(member, with_policy(Post.objects.all()), pk)
    try:
        messages.success(request, deed(member, post))
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
        post.refresh_from_db()
        return _page(request, member, post, status=422)
    return redirect("publishing:review", post.pk)


@require_POST
def send_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Let the gate try once more what is proved not to be on the page."""
    member, delivery = _delivery(request, pk)
    try:
        services.send_again(actor=member.user, delivery=delivery, at=timezone.now())
        messages.success(request, "It goes through the gate again now.")
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("publishing:review", delivery.post_id)


@require_POST
def look_again(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Ask for another look on the page now."""
    member, delivery = _delivery(request, pk)
    try:
        services.look_again(actor=member.user, delivery=delivery, at=timezone.now())
        messages.success(request, "We are looking on the page now.")
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
    return redirect("publishing:review", delivery.post_id)


def _delivery(request: HttpRequest, pk: UUID) -> tuple[Membership, Delivery]:
    member = current(request)
    return member, get(member, Delivery.objects.select_related("post__organisation", "channel"), pk)
