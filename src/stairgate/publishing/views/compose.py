"""Writing a post, with screening as you type and the bars of the gate beside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import FileResponse, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from stairgate.channels.models import Channel
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.pictures import picture_answer
from stairgate.organisations.rules import Duty
from stairgate.pixels import BadPicture
from stairgate.publishing import services
from stairgate.publishing.calendar import day_from
from stairgate.publishing.content import Content, PictureUse
from stairgate.publishing.forms import MOST_PICTURES, ComposeForm, When, pictures_from
from stairgate.publishing.gate_facts import written_by
from stairgate.publishing.models import Picture, Post, Revision, RevisionPicture
from stairgate.publishing.rules import NO_PURPOSE, must_change
from stairgate.publishing.screen import screen_words, words_of
from stairgate.publishing.selectors.changes import Changing, changing
from stairgate.publishing.selectors.readiness import Readiness, content_of, readiness
from stairgate.publishing.selectors.review import versions_of


@dataclass(frozen=True, slots=True)
class SoFar:
    """Who has written at a post, and which findings have a reason. Nobody and none for a new one."""

    writers: frozenset[UUID] = frozenset()
    answered: frozenset[str] = frozenset()

    @classmethod
    def of(cls, post: Post) -> SoFar:
        """Read both. One query."""
        return cls(*written_by(post))


def new(request: HttpRequest) -> HttpResponse:
    """Start a post."""
    member = current(request)
    require(member, Duty.WRITE)
    if request.method == "POST":
        return _save(request, member, None)
    return _page(request, member, None, first_content(member), when=_planned(request))


def _planned(request: HttpRequest) -> When | None:
    """Return the day that the calendar asked for, still without a time; None for none, and for a day gone by."""
    day = day_from(request.GET.get("day", ""))
    return When("later", f"{day:%Y-%m-%d}") if day and day >= timezone.localdate() else None


def edit(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Carry on with a post."""
    member = current(request)
    require(member, Duty.WRITE)
    post = get(member, Post.objects.select_related("organisation", "author"), pk)
    if request.method == "POST":
        return _save(request, member, post)
    return _as_saved(request, member, post)


def _as_saved(request: HttpRequest, member: Membership, post: Post, *, problem: str = "") -> HttpResponse:
    """Show the newest version; with why a reason to keep words was refused, beside what was typed."""
    versions = versions_of(post)
    if not versions:
        return _page(request, member, post, first_content(member))
    revision = versions[0]
    content = content_of(revision)
    uses = tuple(PictureUse(use.picture_id, use.alt, use.shows) for use in revision.pictures.all())
    whole = Content(content.text, content.channel_ids, content.purpose, content.send_at, uses)
    return _page(
        request, member, post, whole, versions=versions, problem=problem, status=422 if problem else 200
    )


@require_POST
def check(request: HttpRequest, pk: UUID | None = None) -> HttpResponse:
    """Return the notes and the bars for what is typed, without saving it."""
    member = current(request)
    require(member, Duty.WRITE)
    post = get(member, Post.objects.select_related("organisation"), pk) if pk else None
    form = _form(request, member)
    if not form.is_valid():
        return HttpResponse(status=204)
    try:
        content = form.content(pictures_from(request.POST))
    except ValidationError:
        return HttpResponse(status=204)
    so_far = SoFar.of(post) if post else SoFar()
    values = _values(member, post, content, so_far, request.POST)
    return render(request, "publishing/_check.html", values | {"live": True})


@require_GET
def picture(request: HttpRequest, pk: UUID) -> FileResponse:
    """Return a picture's bytes to people of its own setting."""
    row = get(current(request), Picture.objects.all(), pk)
    return picture_answer(row.file, row.media_type)


def first_content(member: Membership) -> Content:
    """A new post starts with the only account chosen, when there is only one; what is done by hand is chosen by hand."""
    live = Channel.objects.filter(organisation=member.organisation_id, status=Channel.Status.LIVE)
    rows = list(live.exclude(network=Channel.Network.ASSISTED)[:2])
    if len(rows) != 1:
        return Content(text="")
    purposes = rows[0].purposes
    return Content(text="", channel_ids=(rows[0].pk,), purpose=purposes[0] if len(purposes) == 1 else "")


def _form(request: HttpRequest, member: Membership) -> ComposeForm:
    accounts = Channel.objects.filter(organisation=member.organisation_id).values_list("pk", flat=True)
    return ComposeForm(request.POST, accounts=list(accounts))


def _save(request: HttpRequest, member: Membership, post: Post | None) -> HttpResponse:
    """Save what was typed, then do what the pressed button asks. Nothing typed is ever thrown away."""
    form = _form(request, member)
    pictures = pictures_from(request.POST)
    if not form.is_valid():
        return _again(request, member, post, form, pictures, _first_error(form))
    try:
        content = form.content(pictures)
        content = _with_upload(request, member, _with_fix(request, member, post, content))
        revision = services.save_draft(
            actor=member.user,
            organisation=member.organisation,
            post=post,
            content=content,
            seen=form.cleaned_data["seen"],
            at=timezone.now(),
        )
    except ValidationError as error:
        return _again(request, member, post, form, pictures, error.messages[0])
    except (services.Refusal, BadPicture) as error:
        return _again(request, member, post, form, pictures, str(error))
    return _after_save(request, member, revision.post)


def _first_error(form: ComposeForm) -> str:
    return next(str(error) for errors in form.errors.values() for error in errors)


def _with_upload(request: HttpRequest, member: Membership, content: Content) -> Content:
    upload = request.FILES.get("photo")
    if upload is None:
        return content
    if len(content.pictures) >= MOST_PICTURES:
        raise services.Refusal(f"A post holds {MOST_PICTURES} photos at most. Take one out first.")
    row = services.add_picture(
        actor=member.user, organisation=member.organisation, data=upload.read(), at=timezone.now()
    )
    uses = (*content.pictures, PictureUse(row.pk, "", ""))
    return Content(content.text, content.channel_ids, content.purpose, content.send_at, uses)


def _with_fix(request: HttpRequest, member: Membership, post: Post | None, content: Content) -> Content:
    """Put a suggested wording in place of what was found: the way without JavaScript."""
    key = request.POST.get("fix")
    if not key:
        return content
    found = screen_words(
        content.text,
        member.organisation,
        alts=[use.alt for use in content.pictures],
        is_reply=post is not None and post.kind == Post.Kind.REPLY,
    )
    finding = next((f for f in found.findings if f.key == key and f.suggestion is not None), None)
    if finding is None:
        return content
    text = content.text[: finding.start] + (finding.suggestion or "") + content.text[finding.end :]
    return Content(text, content.channel_ids, content.purpose, content.send_at, content.pictures)


def _after_save(request: HttpRequest, member: Membership, post: Post) -> HttpResponse:
    pressed, keep = request.POST.get("go", ""), request.POST.get("keep", "")
    try:
        if keep:
            reason = _why(request.POST, keep)
            services.answer_finding(
                actor=member.user, post=post, finding_key=keep, reason=reason, at=timezone.now()
            )
        if pressed == "send":
            services.submit(actor=member.user, post=post, at=timezone.now())
            messages.success(request, "Sent for approval. It goes out only when somebody else says yes.")
            return redirect("publishing:review", post.pk)
    except services.NotReady as refusal:
        messages.error(request, f"{refusal} {'. '.join(refusal.problems)}.")
    except services.Refusal as refusal:
        messages.error(request, str(refusal))
        if keep:
            return _as_saved(request, member, post, problem=str(refusal))
    else:
        if pressed == "close":
            messages.success(request, "Draft saved.")
            return redirect("publishing:list")
        if pressed == "save":
            messages.success(request, "Draft saved.")
        if pressed == "photo":
            return redirect(f"{reverse('publishing:edit', args=[post.pk])}#ph")
    if _reasons_left(request.POST, keep):
        return _as_saved(request, member, post)
    return redirect("publishing:edit", post.pk)


def _reasons_left(typed: QueryDict, kept: str) -> bool:
    """Return whether a reason was typed beside another finding than the one that was kept: it stays typed."""
    others = (name.removeprefix("why-") for name in typed if name.startswith("why-"))
    return any(_why(typed, key) for key in others if key != kept)


def _why(typed: QueryDict, key: str) -> str:
    """Return the reason typed beside a finding: the same words twice in a post give two places for one."""
    return next(filter(None, map(str.strip, typed.getlist(f"why-{key}"))), "")


def _again(
    request: HttpRequest,
    member: Membership,
    post: Post | None,
    form: ComposeForm,
    pictures: tuple[PictureUse, ...],
    problem: str,
) -> HttpResponse:
    """Show the page again with everything that was typed, and what was wrong."""
    values = form.cleaned_data if hasattr(form, "cleaned_data") else {}
    content = Content(
        text=values.get("text", request.POST.get("text", "")),
        channel_ids=tuple(values.get("channels") or ()),
        purpose=values.get("purpose", ""),
        pictures=pictures,
    )
    messages.error(request, problem)
    versions = versions_of(post) if post else ()
    when = When(*(request.POST.get(name, "") for name in ("when", "date", "time")))
    return _page(request, member, post, content, versions=versions, when=when, status=422)


def _page(
    request: HttpRequest,
    member: Membership,
    post: Post | None,
    content: Content,
    *,
    versions: tuple[Revision, ...] = (),
    when: When | None = None,
    problem: str = "",
    status: int = 200,
) -> HttpResponse:
    saved = versions[0] if versions else None
    values = _values(member, post, content, SoFar.of(post) if post else SoFar(), request.POST)
    values |= {"problem": problem, "refused": request.POST.get("keep", "") if problem else ""}
    values |= {"active": "new", "seen": saved.number if saved else 0, "saved": saved}
    values["when"] = when or When.of(content.send_at)
    return render(request, "publishing/compose.html", values, status=status)


def _readiness(
    member: Membership, post: Post | None, content: Content, so_far: SoFar, change: Changing | None
) -> Readiness:
    return readiness(
        organisation=member.organisation,
        content=content,
        writers=so_far.writers | {member.user_id},
        answered=so_far.answered,
        pictures=content.pictures,
        is_reply=post is not None and post.kind == Post.Kind.REPLY,
        only_signpost=post is not None and post.only_signpost,
        change=change,
        now=timezone.now(),
    )


def _to_do(ready: Readiness) -> int:
    """Return how many things still need the author: each open finding counts, and each other shut bar."""
    shut = [bar for bar in ready.bars if not bar.done]
    findings = len(ready.open_findings)
    counted = findings - 1 if findings and any(bar.key == "words" for bar in shut) else 0
    return len(shut) + counted


#: where each bar of the gate is put right on the page
_PLACES = {
    "accounts": "wh",
    "change": "wh",
    "words": "text",
    "pictures": "ph",
    "purpose": "purpose",
    "time": "d",
    "second": "g",
}


def _first_to_do(ready: Readiness) -> str:
    """Return the place on the page of the first thing that still needs the author: a note, or a field."""
    key = next((bar.key for bar in ready.bars if not bar.done), "words")
    if key == "words" and ready.open_findings:
        return f"note-{ready.screening.findings.index(ready.open_findings[0]) + 1}"
    return _PLACES[key]


def _values(
    member: Membership, post: Post | None, content: Content, so_far: SoFar, typed: QueryDict
) -> dict[str, Any]:
    change = changing(post, content)
    ready = _readiness(member, post, content, so_far, change)
    words = words_of(content.text, [use.alt for use in content.pictures])
    notes = [
        {
            "finding": finding,
            "quote": words[finding.start : finding.end],
            "must_change": must_change(finding),
            "kept": finding.key in ready.answered,
            "why": _why(typed, finding.key),
        }
        for finding in ready.screening.findings
    ]
    return {
        "post": post,
        "content": content,
        "ready": ready,
        "changeable": change.channel_ids if change else frozenset(),
        "notes": notes,
        "done": sum(1 for bar in ready.bars if bar.done),
        "to_do": _to_do(ready),
        "first_to_do": _first_to_do(ready),
        "purposes": ready.purposes,
        "no_purpose": NO_PURPOSE,
        "shows": RevisionPicture.Shows.choices,
        "setting_initial": member.organisation.name[:1],
    }
