"""The web room, as Django knows it."""

from django.apps import AppConfig


class Config(AppConfig):
    name = "stairgate.web"
    label = "web"
