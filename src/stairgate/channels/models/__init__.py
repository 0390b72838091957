"""The register of social accounts, their connections, and how each came to be authorised."""

from stairgate.channels.models.access_list import AccessCheck, AccessFinding, PlatformPerson
from stairgate.channels.models.accounts import (
    CLOCK_TOLERANCE,
    ONLINE_SAFETY,
    Channel,
    Connection,
    HealthReading,
    HealthReadings,
    Pause,
)
from stairgate.channels.models.asking import AccountRequest, Condition, FoundPage, Renewal
from stairgate.channels.models.baseline import (
    BlockedWords,
    SettingAnswer,
    SettingsPicture,
    SettingsReading,
    SettingsSheet,
    SheetReach,
    WeakerSetting,
)
from stairgate.channels.models.dialog import Dialog, NetworkApp
from stairgate.channels.models.opening import Access, Confirmation
from stairgate.channels.models.vault import Credential, Envelope, VaultLook

__all__ = [
    "CLOCK_TOLERANCE",
    "ONLINE_SAFETY",
    "Access",
    "AccessCheck",
    "AccessFinding",
    "AccountRequest",
    "BlockedWords",
    "Channel",
    "Condition",
    "Confirmation",
    "Connection",
    "Credential",
    "Dialog",
    "Envelope",
    "FoundPage",
    "HealthReading",
    "HealthReadings",
    "NetworkApp",
    "Pause",
    "PlatformPerson",
    "Renewal",
    "SettingAnswer",
    "SettingsPicture",
    "SettingsReading",
    "SettingsSheet",
    "SheetReach",
    "VaultLook",
    "WeakerSetting",
]
