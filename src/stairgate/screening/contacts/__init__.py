"""Personal contact details and numbers that belong to one person: found, however they are written."""

from stairgate.screening.contacts.finding import find_contacts

__all__ = ["find_contacts"]
