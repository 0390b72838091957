"""The register of social accounts, their connections, and how each came to be authorised."""

from stairgate.channels.models.accounts import (
    CLOCK_TOLERANCE,
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
    WeakerSetting,
)
from stairgate.channels.models.dialog import Dialog, NetworkApp
from stairgate.channels.models.opening import Access, Confirmation

__all__ = [
    "CLOCK_TOLERANCE",
    "Access",
    "AccountRequest",
    "BlockedWords",
    "Channel",
    "Condition",
    "Confirmation",
    "Connection",
    "Dialog",
    "FoundPage",
    "HealthReading",
    "HealthReadings",
    "NetworkApp",
    "Pause",
    "Renewal",
    "SettingAnswer",
    "SettingsPicture",
    "SettingsReading",
    "SettingsSheet",
    "WeakerSetting",
]
