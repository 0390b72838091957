"""The assurance room, as Django knows it."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "stairgate.assurance"
    label = "assurance"
