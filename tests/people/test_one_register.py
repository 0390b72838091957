"""No role without a row of the staff register: there are three ways to a sign-in, and each leads over the register (C12)."""

from __future__ import annotations

import ast
from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

import stairgate
from stairgate.organisations.models import RoleHeld, User
from stairgate.organisations.roles import CannotChangeRole, give_role
from stairgate.organisations.rules import Role
from stairgate.organisations.services import join
from tests.cast import Cast, willow_lane

_SRC = Path(stairgate.__file__).parent
#: what gives a sign-in or a role, and the only deeds that may call it
_GIVERS = {
    "join": {"organisations/services.py", "organisations/invitations.py"},
    "found_setting": {"web/welcome.py"},
    "bring_in": {"people/services.py"},
    # an exception that is allowed gives one in the manager's name: it is refused as from the register (C85)
    "give_role": {"people/views/forms.py", "assurance/excepting/services.py"},
}


def calls(name: str) -> set[str]:
    """Return the files of the product, the demo left out, that call something by its name."""
    found = set()
    for path in _SRC.rglob("*.py"):
        where = path.relative_to(_SRC).as_posix()
        if where.startswith("cli/demo"):
            continue
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                found.add(where)
    return found


@pytest.mark.clause("C12")
def test_a_sign_in_is_given_from_the_register_and_nowhere_else() -> None:
    assert {name: calls(name) for name in _GIVERS} == _GIVERS


@pytest.mark.clause("C12")
def test_roles_are_rows_and_nothing_else_makes_one() -> None:
    makers = set()
    for path in _SRC.rglob("*.py"):
        text = path.read_text("utf-8")
        if "migrations" not in path.parts and ("RoleHeld(" in text or "RoleHeld.objects.create(" in text):
            makers.add(path.relative_to(_SRC).as_posix())
    assert makers == {"organisations/models.py", "organisations/services.py", "organisations/roles.py"}


@pytest.mark.clause("C12")
@pytest.mark.django_db
def test_who_is_not_on_the_register_is_given_no_role() -> None:
    now = timezone.now()
    cast: Cast = willow_lane(now)
    user = User.objects.create_user("zoe@willowlane.example", None, first_name="Zoe")
    place = join(
        actor=cast.priya, organisation=cast.organisation, user=user, job_title="Cook", roles=(), at=now
    )
    day = cast.organisation.day(now) + timedelta(days=1)
    with pytest.raises(CannotChangeRole, match="Zoe is not on the staff register"):
        give_role(actor=cast.priya, membership=place, role=Role.AUTHOR, starts_on=day, ends_on=None, at=now)
    assert not RoleHeld.objects.filter(membership=place).exists()
