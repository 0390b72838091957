"""The e-mails of reminders: a row first, then a lease, then the server, then what became of it.

A worker killed while it hands one over leaves a lease that runs out, and nobody knows whether the server took it. The morning's
e-mail is not tried again then: the next morning's has all that is still open. An urgent one is, once more.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from django.conf import settings
from django.db import transaction
from django.db.models import F, Q

from stairgate.assurance.reminding import post
from stairgate.assurance.reminding.models import Mail, Reminder
from stairgate.assurance.reminding.rules import (
    WORDS,
    Kind,
    digest_due,
    digest_text,
    try_again_after,
    urgent_text,
)
from stairgate.assurance.reminding.selectors import open_now
from stairgate.assurance.reminding.setting import Setting
from stairgate.organisations.models import Organisation
from stairgate.organisations.working_days import Nation

log = structlog.get_logger(__name__)

LEASE = timedelta(minutes=5)  # far longer than every time-out of the server
_URGENT_FOR = timedelta(hours=24)
_URGENT_TRIES = 2  # handed over, at most, when nobody knows what became of the first
_KEEP = timedelta(days=90)
#: where the list is; a test compares it with the address itself, so that the worker need not load every page
LIST = "/reminders/"
_SUBJECTS = {
    Mail.Kind.DIGEST: "Stairgate: what waits for you",
    Mail.Kind.URGENT: "Stairgate: please look now",
}


def sweep(now: datetime, worker: str, *, limit: int = 5) -> int:
    """Make the rows of e-mails that are due, and send a few of what waits; return how many went out.

    Few at a time, and none after one that failed: the same worker opens the gate for posts, and must not wait long for a
    server that does not answer.
    """
    if settings.MAIL.way == "off":
        return 0
    for organisation in Organisation.objects.order_by("pk"):
        try:
            make_due(organisation, now)
        except Exception:  # one setting in trouble stops none of the others
            log.exception("mails_trouble", organisation=str(organisation.pk))
    _unknown(now)
    Mail.objects.filter(made_at__lt=now - _KEEP).delete()
    due = Mail.objects.filter(state=Mail.State.WAITING, due_at__lte=now).order_by("-kind", "due_at", "pk")
    began, sent = time.monotonic(), 0
    for pk in list(due.values_list("pk", flat=True)[:limit]):
        # each at its own moment, so that a lease is never shorter than it says
        went = send(pk, now + timedelta(seconds=time.monotonic() - began))
        if went is False:
            break
        sent += went is True
    return sent


def make_due(organisation: Organisation, now: datetime) -> None:
    """Make a row for each e-mail that is due in a setting. Made again, it is the same row."""
    rows = list(open_now(now).filter(organisation=organisation).filter(Q(sent_at=None) | Q(due_at__lt=now)))
    if not rows:
        return
    here = {member.user_id for member in Setting(organisation, now).members}
    rows = [row for row in rows if row.user_id in here]
    day = organisation.day(now)
    mails = [_urgent(row, now, day.isoformat()) for row in rows if row.is_urgent and row.sent_at is None]
    if _morning(organisation, now):
        midnight = organisation.local(now).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(
            days=1
        )
        mails += [
            _mail(
                organisation, user, Mail.Kind.DIGEST, f"digest:{organisation.pk}:{user}:{day}", now, midnight
            )
            for user in sorted({row.user_id for row in rows})
        ]
    known = set(Mail.objects.filter(key__in=[mail.key for mail in mails]).values_list("key", flat=True))
    new = [mail for mail in mails if mail.key not in known]
    if new:
        Mail.objects.bulk_create(new, ignore_conflicts=True)


def _morning(organisation: Organisation, now: datetime) -> bool:
    """Return whether the digest may go out; in the demo it may at once, so that it can be seen."""
    demo = settings.DEMO and organisation.is_demo
    return demo or digest_due(organisation.local(now), Nation(organisation.nation))


def _urgent(row: Reminder, now: datetime, day: str) -> Mail:
    key = f"urgent:{row.organisation_id}:{row.user_id}:{row.kind}:{row.subject}:{day}"
    mail = _mail(row.organisation, row.user_id, Mail.Kind.URGENT, key, now, now + _URGENT_FOR)
    mail.reminder = row
    return mail


def _mail(
    organisation: Organisation, user: UUID, kind: Mail.Kind, key: str, now: datetime, give_up_at: datetime
) -> Mail:
    return Mail(
        organisation=organisation,
        user_id=user,
        kind=kind,
        key=key,
        made_at=now,
        due_at=now,
        give_up_at=give_up_at,
    )


def _unknown(now: datetime) -> None:
    """Settle e-mails whose worker was killed while it handed them over."""
    cut_short = Mail.objects.filter(state=Mail.State.SENDING, lease_until__lt=now)
    cut_short.filter(kind=Mail.Kind.URGENT, attempts__lt=_URGENT_TRIES).update(
        state=Mail.State.WAITING, lease_until=None, due_at=now
    )
    cut_short.update(
        state=Mail.State.UNKNOWN,
        lease_until=None,
        trouble="Stairgate was stopped while it was handed over. It is not sent again: the next one has all of it.",
    )


def send(pk: UUID, now: datetime) -> bool | None:
    """Send one e-mail that waits; return whether it went out, None when there was nothing to send any more."""
    leased = _lease(pk, now)
    if leased is None:
        return None
    mail, told = leased
    message = post.write(
        mail_id=str(mail.pk),
        to=mail.user.email,
        subject=_SUBJECTS[Mail.Kind(mail.kind)],
        text=mail.text,
        at=now,
    )
    return _settle(mail, told, post.hand_over(message, str(mail.pk)), now)


def _lease(pk: UUID, now: datetime) -> tuple[Mail, list[UUID]] | None:
    """Take an e-mail to send, with its words of this moment; None when somebody has it, or there is nothing to say."""
    with transaction.atomic():
        mail = (
            Mail.objects.select_for_update(of=("self",))
            .select_related("user", "organisation")
            .filter(pk=pk, state=Mail.State.WAITING, due_at__lte=now)
            .first()
        )
        if mail is None:
            return None
        if now >= mail.give_up_at:
            mail.state = Mail.State.GIVEN_UP
            mail.save(update_fields=["state"])
            return None
        here = {member.user_id for member in Setting(mail.organisation, now).members}
        rows = list(_said_by(mail, now)) if mail.user_id in here else []
        if not rows:
            mail.state = Mail.State.DROPPED
            mail.save(update_fields=["state"])
            return None
        mail.text = _words(mail, rows)
        mail.state, mail.lease_until, mail.attempts = Mail.State.SENDING, now + LEASE, mail.attempts + 1
        mail.save(update_fields=["text", "state", "lease_until", "attempts"])
    # the morning's e-mail never stands for the one that cannot wait
    return mail, [row.pk for row in rows if mail.kind == Mail.Kind.URGENT or not row.is_urgent]


def _said_by(mail: Mail, now: datetime) -> Iterable[Reminder]:
    """Return what an e-mail tells of: everything open of somebody, or the one thing that is urgent."""
    rows = open_now(now).filter(organisation=mail.organisation_id, user=mail.user_id)
    return rows if mail.kind == Mail.Kind.DIGEST else rows.filter(mails=mail)


def _words(mail: Mail, rows: list[Reminder]) -> str:
    link, name = f"{settings.BASE_URL}{LIST}", mail.user.first_name
    if mail.kind == Mail.Kind.URGENT:
        return urgent_text(name, rows[0].kind, link)
    counts: Counter[str] = Counter()
    for row in rows:
        counts[row.kind] += row.count
    in_order = list(WORDS)
    return digest_text(name, sorted(counts.items(), key=lambda pair: in_order.index(Kind(pair[0]))), link)


def _settle(mail: Mail, told: list[UUID], answer: post.Answer, now: datetime) -> bool:
    """Write down what became of an e-mail; return whether it went out. A lease that ran out meanwhile is somebody else's."""
    mine = Mail.objects.filter(pk=mail.pk, state=Mail.State.SENDING, attempts=mail.attempts)
    match answer:
        case post.Taken():
            with transaction.atomic():
                mine.update(state=Mail.State.SENT, sent_at=now, lease_until=None, trouble="")
                Reminder.objects.filter(pk__in=told, sent_at=None).update(sent_at=now)
            return True
        case post.NotSent(why, for_good):
            log.warning("mail_not_sent", mail=str(mail.pk), for_good=for_good)
            mine.update(
                state=Mail.State.REFUSED if for_good else Mail.State.WAITING,
                due_at=now + try_again_after(mail.attempts),
                lease_until=None,
                trouble=why,
            )
        case post.Unknown(why):
            log.warning("mail_unknown", mail=str(mail.pk))
            again = mail.kind == Mail.Kind.URGENT and mail.attempts < _URGENT_TRIES
            mine.update(
                state=Mail.State.WAITING if again else Mail.State.UNKNOWN,
                due_at=F("due_at") if not again else now + try_again_after(mail.attempts),
                lease_until=None,
                trouble=why,
            )
    return False
