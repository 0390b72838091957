"""No contact of a parent is kept, and nothing hands contacts out (C74)."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from django.apps import apps

import stairgate

_CONTACT = re.compile(r"mail|phone|mobile|address|postcode|contact|birth|parent|famil|guardian")
#: every field that could hold how to reach somebody, and whose it is: staff, the setting, an account of ours
_KNOWN = {
    "account.EmailAddress.email": "who signs in",
    "channels.Channel.mailbox": "the setting",
    "channels.FoundPage.address": "a page in our name",
    "monitoring.Item.parent_id": "the comment above it",
    "monitoring.SeriousStep.address": "where something is on a network",
    "organisations.Membership.phone": "staff",
    "organisations.Organisation.office_email": "the setting",
    "organisations.Organisation.office_phone": "the setting",
    "organisations.User.email": "who signs in",
    "people.Person.birth_date_sealed": "staff",
    "people.Person.work_email": "staff",
    "policies.ContactCheck.contact": "an agency on the list of help",
}


@pytest.mark.clause("C74")
def test_no_record_has_a_place_for_a_parents_contact() -> None:
    found = {
        f"{model._meta.label}.{field.name}"
        for model in apps.get_models()
        for field in model._meta.get_fields()
        if not field.is_relation and not field.auto_created and _CONTACT.search(field.name)
    }
    assert found == set(_KNOWN), "a new place for contacts: say whose they are; a parent's have none here"


@pytest.mark.clause("C74")
def test_nothing_of_who_wrote_is_handed_out_as_a_list() -> None:
    source = Path(stairgate.__file__).parent
    lists = re.compile(r"text/csv|text/vcard|spreadsheetml|csv\.(writer|DictWriter)")
    found = {
        path.relative_to(source).as_posix()
        for path in source.rglob("*.py")
        if lists.search(path.read_text("utf-8"))
    }
    assert all(
        name.startswith("people/importing/") or name == "people/views/importing.py" for name in found
    ), found
    item = apps.get_model("monitoring", "Item")
    about = {field.name for field in item._meta.get_fields() if field.name.startswith("author")}
    assert about == {"author_id", "author_name"}, "what the network shows to all"
