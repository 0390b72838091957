"""What is in the vault, who holds it, who knows what, and what has to be changed: in a bounded number of queries."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import F, Max, Q

from stairgate.channels.models import (
    Access,
    AccountRequest,
    Channel,
    Confirmation,
    Credential,
    Envelope,
    VaultLook,
)
from stairgate.channels.vault.rules import Knower, Knows, gone_from, known_by_others, missing
from stairgate.organisations.models import Membership, Organisation
from stairgate.organisations.rules import in_force
from stairgate.organisations.words import together


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing in the vault, and whether it has to be changed."""

    credential: Credential
    others: tuple[Knower, ...]  # who knows it and should not any more
    opened: Envelope | None  # the envelope with it in that was opened first

    @property
    def to_change(self) -> bool:
        """Whether it has to be changed, and a new one put in."""
        return self.since is not None

    @property
    def since(self) -> datetime | None:
        """Since when it has to be changed; None when it has not."""
        known = [one.gone_at for one in self.others if one.gone_at]
        known += [self.opened.opened_at] if self.opened and self.opened.opened_at else []
        return min(known, default=None)

    @property
    def why(self) -> str:
        """Why it has to be changed, as a sentence; "" when it has not."""
        if self.others:
            names = ", ".join(dict.fromkeys(one.first_name for one in self.others))
            return f"{names} could see it and holds it no more."
        return f"Envelope {self.opened.number} was opened, and it is in there." if self.opened else ""


@dataclass(frozen=True, slots=True)
class Vault:
    """What is in the vault for one account."""

    channel: Channel
    entries: tuple[Entry, ...]
    holders: tuple[Membership, ...]  # who can look today, by first name
    envelopes: tuple[Envelope, ...]  # newest first
    outdated: bool  # whether something changed since it was printed

    @property
    def sealed(self) -> Envelope | None:
        """The envelope that counts and is sealed."""
        return next(
            (one for one in self.envelopes if one.opened_at is None and one.replaced_at is None), None
        )

    @property
    def past_envelopes(self) -> tuple[Envelope, ...]:
        """Those that were opened, or are void."""
        return tuple(one for one in self.envelopes if one.opened_at or one.replaced_at)

    @property
    def to_change(self) -> tuple[Entry, ...]:
        return tuple(one for one in self.entries if one.to_change)

    @property
    def missing(self) -> str:
        """What is missing in it, as a sentence; "" when nothing is."""
        kinds = [one.credential.kind for one in self.entries]
        return missing(self.channel.name, kinds, Credential.Kind.MAILBOX)

    def left_with(self, user: UUID, first_name: str) -> str:
        """Return what of it a leaver takes along in their head, as a sentence; "" when nothing."""
        if self.entries and self.held_by(user):
            return f"{self.channel.name}: {first_name} can still look into the vault. Name others who hold it first."
        known = [one for one in self.to_change if any(other.user == user for other in one.others)]
        if not known:
            return ""
        kinds = together([one.credential.get_kind_display().lower() for one in known])
        return f"{self.channel.name}: {first_name} knows what opens {kinds}. Change it, and put the new one into the vault."

    def held_by(self, user: UUID) -> bool:
        return any(one.user_id == user for one in self.holders)

    def entry(self, credential: Credential) -> Entry:
        return next(one for one in self.entries if one.credential.pk == credential.pk)


def vault_of(channel: Channel, now: datetime) -> Vault:
    """Return the vault of one account. Six queries."""
    return _vaults([channel], channel.organisation, now)[0]


def vaults(organisation: Organisation, now: datetime) -> list[Vault]:
    """Return the vault of every account that is not closed, by name. Seven queries."""
    channels = Channel.objects.filter(organisation=organisation).exclude(status=Channel.Status.CLOSED)
    return _vaults(list(channels.order_by("name")), organisation, now)


def _vaults(channels: list[Channel], organisation: Organisation, now: datetime) -> list[Vault]:
    held = _Held(channels, organisation, now)
    rows = Credential.objects.filter(channel__in=channels, removed_at__isnull=True).select_related(
        "put_in_by"
    )
    credentials = list(rows)
    looks = _since_put_in(credentials)
    envelopes = list(
        Envelope.objects.filter(channel__in=channels)
        .select_related("printed_by", "opened_by")
        .order_by("-number")
    )
    found = []
    for channel in channels:
        own = [one for one in credentials if one.channel_id == channel.pk]
        theirs = [one for one in envelopes if one.channel_id == channel.pk]
        for one in own:
            one.channel = channel
        sealed = next((one for one in theirs if one.opened_at is None and one.replaced_at is None), None)
        found.append(
            Vault(
                channel=channel,
                entries=tuple(_entry(one, held, looks, theirs, now) for one in own),
                holders=held.today(channel),
                envelopes=tuple(theirs),
                outdated=sealed is not None and _is_outdated(sealed, own, looks),
            )
        )
    return found


_Looks = list[tuple[UUID, UUID, UUID | None]]  # credential, who, the envelope it was printed into


def _since_put_in(credentials: list[Credential]) -> _Looks:
    """Return who has seen each secret as it is now, and the envelopes it is in. One query."""
    rows = VaultLook.objects.filter(credential__in=credentials, at__gte=F("credential__put_in_at"))
    return list(rows.order_by().values_list("credential", "user", "envelope").distinct())


def _is_outdated(sealed: Envelope, own: list[Credential], looks: _Looks) -> bool:
    """Return whether a sealed envelope lacks something as it is now."""
    inside = {credential for credential, _, envelope in looks if envelope == sealed.pk}
    return any(one.pk not in inside for one in own)


def _entry(
    credential: Credential, held: _Held, looks: _Looks, envelopes: list[Envelope], now: datetime
) -> Entry:
    seen = {user for one, user, _ in looks if one == credential.pk}
    inside = {envelope for one, _, envelope in looks if one == credential.pk}
    opened = [one for one in envelopes if one.pk in inside and one.opened_at]
    knowers = [*held.who_could(credential), *held.who_did(credential, seen)]
    return Entry(
        credential=credential,
        others=known_by_others(credential.put_in_at, knowers, now),
        opened=min(opened, key=lambda one: one.opened_at or now, default=None),
    )


class _Held:
    """Who holds each account and who did. Three queries at most.

    Whom the last record of an owner named holds it until there is a newer one, also when that one was taken back; before
    there is any, whom the request named.
    """

    def __init__(self, channels: list[Channel], organisation: Organisation, now: datetime) -> None:
        self._now, self._day = now, organisation.day(now)
        rows = Access.objects.filter(
            to=Access.To.MAILBOX,
            confirmation__channel__in=channels,
            confirmation__item=Confirmation.Item.OWNER,
        ).values_list("confirmation__channel", "user", "confirmation__confirmed_at", "confirmation__ended_at")
        self._rows = list(rows)
        self._newest = {
            channel: max(at for one, _, at, _ in self._rows if one == channel)
            for channel in {row[0] for row in self._rows}
        }
        self._named = _named([one.pk for one in channels if one.pk not in self._newest])
        self._people = {
            one.user_id: one
            for one in Membership.objects.filter(organisation=organisation)
            .select_related("user", "organisation")
            .order_by("started_on", "pk")
        }

    def _holding(self, channel: UUID) -> set[UUID]:
        newest = self._newest.get(channel)
        if newest is None:
            return self._named.get(channel, set())
        return {user for one, user, at, _ in self._rows if one == channel and at == newest}

    def _left(self, user: UUID) -> datetime | None:
        member = self._people.get(user)
        return gone_from(member.ended_on, member.organisation.timezone) if member else None

    def _gone(self, channel: UUID, user: UUID) -> datetime | None:
        """Return from when on somebody holds an account no more; None while they do, or never did."""
        ended = [at for one, who, _, at in self._rows if one == channel and who == user and at]
        lost = max(ended, default=None) if user not in self._holding(channel) else None
        return min((at for at in (lost, self._left(user)) if at), default=None)

    def today(self, channel: Channel) -> tuple[Membership, ...]:
        """Return who holds an account now, by first name."""
        members = (self._people.get(user) for user in self._holding(channel.pk))
        here = [
            one
            for one in members
            if one and one.user.is_active and in_force(one.started_on, one.ended_on, self._day)
        ]
        staying = [one for one in here if (gone := self._left(one.user_id)) is None or gone > self._now]
        return tuple(sorted(staying, key=lambda one: (one.first_name, str(one.pk))))

    def who_could(self, credential: Credential) -> Iterable[Knower]:
        channel = credential.channel_id
        users = {user for one, user, _, _ in self._rows if one == channel} | self._holding(channel)
        return (self._knower(user, Knows.HELD, self._gone(channel, user)) for user in users)

    def who_did(self, credential: Credential, seen: set[UUID]) -> Iterable[Knower]:
        """Who looked at it, and who put it in: that needs no holding, so only leaving counts."""
        put_in_by = credential.put_in_by_id
        yield self._knower(put_in_by, Knows.DID, self._left(put_in_by))
        for user in seen:
            yield self._knower(user, Knows.DID, self._gone(credential.channel_id, user))

    def _knower(self, user: UUID, how: Knows, gone_at: datetime | None) -> Knower:
        member = self._people.get(user)
        return Knower(user, member.first_name if member else "Somebody", how, gone_at)


def _named(channels: list[UUID]) -> Mapping[UUID, set[UUID]]:
    """Return whom each account's request named as holders of its mailbox. One query, and none without an account."""
    if not channels:
        return {}
    found: dict[UUID, set[UUID]] = {}
    asked = AccountRequest.objects.filter(channel__in=channels).values_list("channel", "answers")
    for channel, answers in asked:
        named = answers.get("holders", [])
        found[channel] = {UUID(one) for one in named} if isinstance(named, list) else set()
    return found


def looks_at(channel: Channel, *, most: int) -> list[VaultLook]:
    """Return who looked at what of an account, newest first. One query."""
    rows = VaultLook.objects.filter(credential__channel=channel)
    return list(rows.select_related("user", "credential", "envelope").order_by("-at", "pk")[:most])


def own_look(user: UUID, pk: UUID) -> VaultLook | None:
    """Return a look of somebody's own, with what it is about; None for all others. One query."""
    rows = VaultLook.objects.select_related("credential__channel__organisation")
    return rows.filter(pk=pk, user=user).first()


def last_number(organisation: Organisation) -> int:
    """Return the number of the newest envelope of a setting, 0 without one. One query."""
    found = Envelope.objects.filter(organisation=organisation).aggregate(newest=Max("number"))["newest"]
    return int(found or 0)


def counting(looks_by: UUID, organisation: UUID, since: datetime) -> list[datetime]:
    """Return when somebody looked since a moment, whatever it was: to copy what is shown is no look more. One query."""
    rows = VaultLook.objects.filter(
        ~Q(what=VaultLook.What.COPIED),
        user=looks_by,
        credential__channel__organisation=organisation,
        at__gt=since,
    )
    return list(rows.values_list("at", flat=True))
