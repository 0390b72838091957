"""What the assurance room stores."""

from __future__ import annotations

from stairgate.assurance.reminding.models import Mail, Reminder

__all__ = ["Mail", "Reminder"]
