"""The vault of an account: what is in it, who looked, and one look at a time."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from stairgate.channels.asking.still_them import ask_again
from stairgate.channels.asking.still_them import shown as still_them
from stairgate.channels.models import Channel, Credential, VaultLook
from stairgate.channels.vault import services
from stairgate.channels.vault.codes import code_at
from stairgate.channels.vault.forms import CredentialForm
from stairgate.channels.vault.selectors import Vault, looks_at, own_look, vault_of
from stairgate.channels.vault.services import CannotKeep, CannotLook
from stairgate.organisations.access import current, get, require
from stairgate.organisations.models import Membership
from stairgate.organisations.rules import Duty
from stairgate.organisations.sealing import CannotOpen

_MOST = 60
_TO_PUT_IN = (
    (Credential.Kind.MAILBOX, "Put in the mailbox’s password"),
    (Credential.Kind.ACCOUNT, "Put in the account’s password"),
    (Credential.Kind.RECOVERY, "Put in recovery codes"),
)


@require_GET
def vault(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what is in the vault of an account, never a secret; who holds it; and every look."""
    member, found = opened(request, pk)
    return vault_page(request, member, found)


def opened(request: HttpRequest, pk: UUID) -> tuple[Membership, Vault]:
    """Return the vault of an account: for who sees the accounts, and for its holders. Raises `NotAllowed`, Http404."""
    member = current(request)
    return member, _vault_for(member, get(member, Channel.objects.select_related("organisation"), pk))


def _vault_for(member: Membership, channel: Channel) -> Vault:
    found = vault_of(channel, timezone.now())
    if not found.held_by(member.user_id):
        require(member, Duty.SEE_ACCOUNTS)
    return found


def vault_page(
    request: HttpRequest, member: Membership, found: Vault, *, status: int = 200, **refused: object
) -> HttpResponse:
    """Show a vault; after a refusal with what was typed."""
    values = {
        "active": "accounts",
        "channel": found.channel,
        "vault": found,
        "to_put_in": _TO_PUT_IN,
        "holds": found.held_by(member.user_id),
        "may_keep": _may_keep(member, found),
        "looks": looks_at(found.channel, most=_MOST),
    }
    return render(request, "vault/vault.html", values | refused, status=status)


def _may_keep(member: Membership, found: Vault) -> bool:
    """Return whether to offer what changes the vault; the service asks again."""
    duties = member.duties_on(member.organisation.day(timezone.now()))
    return found.held_by(member.user_id) or bool(duties & {Duty.MANAGE, Duty.LOOK_AFTER})


@never_cache
@require_http_methods(["GET", "POST"])
def put_in(request: HttpRequest, pk: UUID, kind: str) -> HttpResponse:
    """Put something into the vault of an account."""
    member, found = opened(request, pk)
    if kind not in Credential.Kind.values:
        raise Http404
    services.may_keep(member.user, found, timezone.now())
    first = {"sign_in": found.channel.mailbox} if kind == Credential.Kind.MAILBOX else {}
    form = CredentialForm(kind, request.POST or None, initial=first)
    if request.method == "POST" and form.is_valid():
        try:
            made = services.put_in(
                actor=member.user, channel=found.channel, kind=kind, wanted=form.wanted(), at=timezone.now()
            )
            messages.success(request, "It is in the vault. Throw away every other note of it.")
            return redirect("channels:vault_entry", pk=made.pk)
        except CannotKeep as refusal:
            form.add_error(None, str(refusal))
    return _form(request, found, form, dict(Credential.Kind.choices)[kind])


def _form(
    request: HttpRequest, found: Vault, form: CredentialForm, title: str, row: Credential | None = None
) -> HttpResponse:
    status = 422 if form.errors else 200
    if form.errors:
        form.forget()
    values = {"active": "accounts", "channel": found.channel, "form": form, "title": title, "row": row}
    return render(request, "vault/form.html", values, status=status)


def _entry(request: HttpRequest, pk: UUID) -> tuple[Membership, Vault, Credential]:
    """Return something that is in the vault of one's own setting. Raises `NotAllowed`, Http404."""
    member = current(request)
    rows = Credential.objects.filter(channel__organisation=member.organisation_id, removed_at__isnull=True)
    row = rows.select_related("channel__organisation").filter(pk=pk).first()
    if row is None:
        raise Http404
    found = _vault_for(member, row.channel)
    return member, found, found.entry(row).credential


@require_GET
def entry(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show one thing of the vault, without its secret, and the way to look at it."""
    return _entry_page(request, *_entry(request, pk))


def _entry_page(
    request: HttpRequest,
    member: Membership,
    found: Vault,
    row: Credential,
    *,
    status: int = 200,
    **refused: object,
) -> HttpResponse:
    values = {
        "active": "accounts",
        "channel": found.channel,
        "vault": found,
        "entry": found.entry(row),
        "row": row,
        "holds": found.held_by(member.user_id),
        "may_keep": _may_keep(member, found),
        "still_them": still_them(request, member),
        "looks": [one for one in looks_at(found.channel, most=_MOST) if one.credential_id == row.pk],
        "again": f"{reverse('account_reauthenticate')}?next={reverse('channels:vault_entry', args=[row.pk])}",
    }
    return render(request, "vault/entry.html", values | refused, status=status)


@never_cache
@require_http_methods(["GET", "POST"])
def change(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Put a new secret in the place of the one before."""
    member, found, row = _entry(request, pk)
    services.may_keep(member.user, found, timezone.now())
    known = {"sign_in": row.sign_in, "where": row.where}
    form = CredentialForm(row.kind, request.POST or None, initial=known, again=True)
    if request.method == "POST" and form.is_valid():
        try:
            services.change(actor=member.user, credential=row, wanted=form.wanted(), at=timezone.now())
            messages.success(request, "The new one is in the vault. The one before is gone.")
            return redirect("channels:vault_entry", pk=pk)
        except CannotKeep as refusal:
            form.add_error(None, str(refusal))
    return _form(request, found, form, f"{row.get_kind_display()}: a new one", row)


@require_POST
def take_out(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Take something out of the vault for good."""
    member, found, row = _entry(request, pk)
    services.take_out(actor=member.user, credential=row, at=timezone.now())
    messages.success(request, "Taken out. Nobody can look at it any more, us included.")
    return redirect("channels:vault", pk=found.channel.pk)


@require_POST
def look(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Begin a look, once it is proved that it is still them."""
    member, found, row = _entry(request, pk)
    if not still_them(request, member):
        return ask_again(reverse("channels:vault_entry", args=[row.pk]))
    what, reason = request.POST.get("what", ""), request.POST.get("reason", "")[:300]
    try:
        made = services.look(actor=member.user, credential=row, what=what, reason=reason, at=timezone.now())
    except CannotLook as refusal:
        said = {"wrong": str(refusal), "reason": reason}
        return _entry_page(request, member, found, row, status=422, **said)
    return redirect("channels:vault_look", pk=made.pk)


def _look(request: HttpRequest, pk: UUID) -> tuple[Membership, VaultLook]:
    """Return a look of one's own; nobody else's exists. Raises Http404."""
    member = current(request)
    made = own_look(member.user_id, pk)
    if made is None or made.credential.channel.organisation_id != member.organisation_id:
        raise Http404
    return member, made


@never_cache
@require_GET
def shown(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Show what a look is about, while it lasts."""
    member, made = _look(request, pk)
    now = timezone.now()
    try:
        found = services.shown(actor=member.user, look=made, at=now)
    except (CannotLook, CannotOpen) as refusal:
        messages.error(request, str(refusal))
        return redirect("channels:vault_entry", pk=made.credential_id)
    values = {
        "active": "accounts",
        "channel": made.credential.channel,
        "row": made.credential,
        "look": made,
        "secret": str.__str__(found.secret),
        "code": code_at(found.codes, now) if found.codes else None,
        "left": int((made.ends_at - now).total_seconds()),
        "wait": _wait(made, found, now),
    }
    return render(request, "vault/look.html", values)


def _wait(made: VaultLook, found: services.Shown, now: datetime) -> int:
    """Return the seconds until there is another code, or the look is over."""
    ends = [made.ends_at]
    if found.codes:
        ends.append(code_at(found.codes, now).good_until)
    return max(1, int((min(ends) - now).total_seconds()) + 1)


@never_cache
@require_GET
def following(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Answer the page of a look with the code of the moment, or that the look is over."""
    member, made = _look(request, pk)
    now = timezone.now()
    try:
        found = services.shown(actor=member.user, look=made, at=now)
    except (CannotLook, CannotOpen):
        return render(request, "vault/_over.html", {"row": made.credential})
    if found.codes is None:
        return HttpResponse(status=204)  # it lasts a moment longer
    values = {"look": made, "code": code_at(found.codes, now), "wait": _wait(made, found, now)}
    return render(request, "vault/_code.html", values)


@require_POST
def copied(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down that what a look shows is copied: only then does the page copy it."""
    member, made = _look(request, pk)
    try:
        services.copied(actor=member.user, look=made, at=timezone.now())
    except (CannotLook, CannotOpen):
        return HttpResponse(status=409)
    return HttpResponse(status=204)
