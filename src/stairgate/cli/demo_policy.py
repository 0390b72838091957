"""What Willow Lane says of itself in its policy. Every contact is made up."""

from __future__ import annotations

from dataclasses import replace

from stairgate.policies.adopting import TITLE
from stairgate.policies.packs.composing import compose
from stairgate.policies.packs.document import Document
from stairgate.policies.packs.filling import Facts
from stairgate.policies.packs.loading import pack
from stairgate.policies.packs.tailoring import OwnRisk, Tailoring, tailored
from stairgate.policies.parameters import Parameters

PACK = "england-early-years"
#: no quiet hours: a demonstration may be in the evening
PARAMETERS = replace(pack(PACK).shipped(), quiet_from_hour=0, quiet_until_hour=0)
FACTS = Facts(
    values={
        "setting.name": "Willow Lane Nursery",
        "setting.provider": "Willow Lane Childcare",
        "setting.urn": "EY 000 000",
        "setting.council": "Fenmoor Council",
        "setting.office": "01632 960118, office@willowlane.example",
        "setting.mailbox": "office@willowlane.example",
        "setting.account": "“Willow Lane Nursery” on Facebook",
        "setting.safeguarding_policy": "Keeping children safe, September 2026, on the shelf by the front door",
        "setting.own_expectations": "phones stay in the staff room, and nobody wears our jumper in a picture of a night out.",
        "contact.lado": "01632 960150, lado@fenmoor.example",
        "contact.mash": "01632 960151, at night 01632 960152",
        "contact.council-safeguarding": "01632 960153",
        "contact.partnership": "Fenmoor Safeguarding Children Partnership, procedures.fenmoor.example",
        "contact.council-online": "online-safety.fenmoor.example",
        "contact.insurer": "01632 960154",
        "contact.ceop": "ceop.example",
        "contact.ofsted": "ofsted.example",
        "contact.ico": "ico.example",
        "contact.nspcc-whistleblowing": "01632 960155",
    },
    confirmed=frozenset({"setting.account_form", "setting.purpose", "setting.hours_watched"}),
)
#: what is left of each risk is low, but for those that children meet
_LEFT = {"risk-public": "medium", "risk-under-18": "medium"}
TAILORING = Tailoring(
    pack=PACK,
    facts=FACTS.values,
    confirmed=FACTS.confirmed,
    risks={
        risk.id: OwnRisk(risk.text, risk.control, risk.owner, _LEFT.get(risk.id, "low"))
        for risk in pack(PACK).risks
    },
)


def document(parameters: Parameters = PARAMETERS) -> Document:
    """Return the policy of Willow Lane: the pack for early years with everything filled in."""
    return compose(tailored(pack(PACK), TAILORING), FACTS, parameters, title=TITLE)
