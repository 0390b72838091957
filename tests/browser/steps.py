"""What people do again and again in the browser tests."""

from __future__ import annotations

import io
import re
import subprocess
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

from PIL import Image
from playwright.sync_api import Error, Page

from tests.browser.conftest import Stack

PURPOSE = "News and events for families"


def send_for_approval(author: Page, purpose: str = PURPOSE) -> None:
    """Say what the draft in front of the author is for, and send it for approval."""
    author.get_by_role("button", name="Save draft").last.click()
    author.get_by_label("What is it for?").select_option(purpose)
    author.get_by_role("button", name="Save draft").last.click()
    author.get_by_role("button", name="Send for approval").click()
    author.get_by_text("Sent for approval.").wait_for()


def approve(person: Page, stack: Stack, title: str) -> None:
    """Read a post that waits, and let it out."""
    person.goto(f"{stack.url}/posts/approvals/")
    person.get_by_role("link", name=title).click()
    person.get_by_label("I have read the words").check()
    person.get_by_role("button", name="Approve and let it out").click()


def checks_out_offline(person: Page, stack: Stack, folder: Path) -> bool:
    """Download the record with its checker; return whether the checker, all by itself, finds it whole."""
    person.goto(f"{stack.url}/policy/record/")
    with person.expect_download() as download:
        person.get_by_role("button", name="Download with the checker").click()
    data = Path(download.value.path()).read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        archive.extractall(folder)
    kept = folder / "record.zip"
    kept.write_bytes(data)
    command = [sys.executable, "-I", str(folder / "verify.py"), str(kept)]
    return subprocess.run(command, check=False).returncode == 0


def screenshot(folder: Path) -> Path:
    """Return a picture as a person takes one of a settings screen."""
    path = folder / "settings.png"
    Image.new("RGB", (320, 200), "white").save(path)
    return path


#: what no link leads to, or only sometimes
BEGINNINGS = ("/", "/menu/", "/posts/approvals/", "/policy/?show=mend", "/worried/", "/not-a-page/")
#: which record, day, person or clause a page is about: of each kind one is looked at
ABOUT = re.compile(r"(?<=/)([0-9a-f]{8}-[0-9a-f-]{27}|[^/]*\d[^/]*)(?=/)|(?<=[=])[^&]*\d[^&]*")
LINKS = "links => links.map(link => link.getAttribute('href'))"


def every_page(page: Page, stack: Stack) -> Iterator[str]:
    """Go to one page of each kind that somebody can come to by links; yield its path while it is shown."""
    waiting, known = list(BEGINNINGS), {ABOUT.sub("*", path) for path in BEGINNINGS}
    while waiting:
        path = waiting.pop()
        try:
            answer = page.goto(stack.url + path)
        except Error as error:
            assert "Download is starting" in error.message, path
            continue
        if answer is None or not answer.headers["content-type"].startswith("text/html"):
            continue
        yield path
        for link in page.locator("a[href^='/']:not([download])").evaluate_all(LINKS):
            address = link.partition("#")[0]
            kind = ABOUT.sub("*", address)
            if kind not in known:
                known.add(kind)
                waiting.append(address)
