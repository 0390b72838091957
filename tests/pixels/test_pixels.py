"""Photos nobody should trust: each is bare pixels or refused in a sentence, and nothing hidden comes along."""

from __future__ import annotations

import io
import struct
import zlib

import pytest
from PIL import Image, ImageCms

from stairgate.pixels import BadPicture, clean

SOME = Image.effect_noise((300, 200), 80).convert("RGB")


def encoded(image: Image.Image, kind: str, **more: object) -> bytes:
    out = io.BytesIO()
    image.save(out, kind, **more)
    return out.getvalue()


def png(width: int, height: int, *more: tuple[bytes, bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), *more, (b"IDAT", zlib.compress(b"")), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def with_place() -> bytes:
    exif = Image.Exif()
    exif[0x0112], exif[0x010E] = 6, "behind the secret hedge"
    exif.get_ifd(0x8825)[1] = "N"
    return encoded(SOME, "JPEG", exif=exif, comment=b"a secret comment")


@pytest.mark.clause("C36")
@pytest.mark.parametrize(
    ("data", "size"),
    [
        (with_place(), (200, 300)),  # and upright
        (encoded(SOME, "JPEG") + b"<script>secret</script>PK\x03\x04", (300, 200)),
        (encoded(SOME.convert("CMYK"), "JPEG"), (300, 200)),
        (encoded(SOME.convert("LA"), "PNG"), (300, 200)),
        (encoded(Image.new("I;16", (50, 40), 60000), "PNG"), (50, 40)),
        (encoded(SOME, "GIF", save_all=True, append_images=[SOME.rotate(90)]), (300, 200)),
        (encoded(SOME, "WEBP", save_all=True, append_images=[SOME.rotate(90)]), (300, 200)),
        (encoded(SOME, "JPEG", icc_profile=b"a damaged secret profile"), (300, 200)),
        (
            encoded(
                SOME, "JPEG", icc_profile=ImageCms.ImageCmsProfile(ImageCms.createProfile("LAB")).tobytes()
            ),
            (300, 200),
        ),
        (encoded(Image.new("RGB", (1, 9000)), "PNG"), (1, 2048)),
    ],
)
def test_only_bare_pixels_come_in(data: bytes, size: tuple[int, int]) -> None:
    picture = clean(data)
    assert (picture.width, picture.height) == size and picture.media_type == "image/jpeg"
    with Image.open(io.BytesIO(picture.data)) as fresh:
        assert fresh.format == "JPEG" and fresh.size == size and not fresh.getexif()
        assert set(fresh.info) <= {"jfif", "jfif_version", "jfif_unit", "jfif_density"}
    assert b"secret" not in picture.data and b"script" not in picture.data


@pytest.mark.clause("C36")
@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\x00" * 1000,
        b"<svg xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        encoded(SOME, "JPEG")[:300],
        encoded(SOME, "PNG")[:2000],
        encoded(SOME, "TIFF"),
        png(200_000, 200_000),
        png(10, 10, (b"zTXt", b"a\x00\x00" + zlib.compress(b"A" * 100_000_000))),
    ],
)
def test_what_is_no_photo_is_refused_in_a_sentence(data: bytes) -> None:
    with pytest.raises(BadPicture, match=r"\.$"):
        clean(data)
