"""The envelope of an account: printing it, and saying that it was opened."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from stairgate.channels.asking.still_them import ask_again
from stairgate.channels.asking.still_them import shown as still_them
from stairgate.channels.models import Envelope
from stairgate.channels.vault import envelopes
from stairgate.channels.vault.services import CannotLook
from stairgate.channels.vault.views import opened as vault_for
from stairgate.channels.vault.views import vault_page
from stairgate.organisations.access import current, get
from stairgate.organisations.papers import paper_answer
from stairgate.organisations.sealing import CannotOpen


@never_cache
@require_POST
def printed(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Send the sheet as a PDF, once it is proved that it is still them."""
    member, found = vault_for(request, pk)
    if not still_them(request, member):
        return ask_again(reverse("channels:vault", args=[pk]))
    where = request.POST.get("where", "")[:200]
    try:
        paper = envelopes.print_envelope(
            actor=member.user, channel=found.channel, kept_where=where, at=timezone.now()
        )
    except (CannotLook, CannotOpen) as refusal:
        return vault_page(
            request, member, found, status=422, refused="print", wrong=str(refusal), typed=where
        )
    return paper_answer(request, paper, "envelope")


@require_POST
def opened(request: HttpRequest, pk: UUID) -> HttpResponse:
    """Write down that an envelope was opened."""
    row = get(current(request), Envelope.objects.select_related("channel"), pk)
    member, found = vault_for(request, row.channel_id)
    why = request.POST.get("why", "")
    try:
        envelopes.open_envelope(actor=member.user, envelope=row, why=why, at=timezone.now())
    except envelopes.CannotOpenEnvelope as refusal:
        said = {"refused": "open", "wrong": str(refusal), "typed": why}
        return vault_page(request, member, found, status=422, **said)
    messages.success(
        request, "Written down. Managers and the safeguarding lead are told. Now change what is in it."
    )
    return redirect("channels:vault", pk=found.channel.pk)
