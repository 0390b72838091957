"""The child of `pixels`: reads a file from standard input, writes one line of JSON and bare pixels.

Runs alone (``python -I``): it imports nothing of Stairgate, so that hostile bytes meet nothing worth having.
"""

from __future__ import annotations

import io
import json
import resource
import sys

from PIL import Image, ImageCms, ImageOps

_MEGABYTE = 1024 * 1024
_MEMORY = 1024 * _MEGABYTE
_CPU_SECONDS = 20
_MOST_PIXELS = 60_000_000
_LONGEST_SIDE = 2048
_QUALITY = 88


def main() -> None:
    data = sys.stdin.buffer.read()
    resource.setrlimit(resource.RLIMIT_AS, (_MEMORY, _MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (_CPU_SECONDS, _CPU_SECONDS))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    try:
        head, pixels = _bare(data)
    except MemoryError:
        head, pixels = {"problem": "The photo is too big to read safely. Choose a smaller one."}, b""
    sys.stdout.buffer.write(json.dumps(head).encode() + b"\n" + pixels)


def _bare(data: bytes) -> tuple[dict[str, object], bytes]:
    """Return what the picture is and its pixels in a fresh JPEG; or the problem, and nothing."""
    Image.MAX_IMAGE_PIXELS = _MOST_PIXELS
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG", "PNG", "WEBP", "GIF"]) as opened:
            if opened.width * opened.height > _MOST_PIXELS:
                return {"problem": "The photo has more than 60 million dots. Choose a smaller one."}, b""
            if opened.format == "JPEG":
                opened.draft("RGB", (_LONGEST_SIDE, _LONGEST_SIDE))
            opened.load()
            upright = ImageOps.exif_transpose(opened)
            plain = _on_white(_in_srgb(upright))
    except MemoryError:
        raise
    except Image.DecompressionBombError:
        return {"problem": "The photo has more than 60 million dots. Choose a smaller one."}, b""
    except Exception:
        return {"problem": "This is not a photo we can read. Use a JPEG, PNG, WebP or GIF file."}, b""
    plain.thumbnail((_LONGEST_SIDE, _LONGEST_SIDE))
    fresh = Image.frombytes("RGB", plain.size, plain.tobytes())
    out = io.BytesIO()
    fresh.save(out, "JPEG", quality=_QUALITY, optimize=True, progressive=False)
    return {"width": fresh.width, "height": fresh.height}, out.getvalue()


def _in_srgb(image: Image.Image) -> Image.Image:
    """Return the picture in sRGB when it carries another colour profile; unchanged when that fails."""
    profile = image.info.get("icc_profile")
    if not profile or image.mode not in {"RGB", "RGBA", "CMYK", "L"}:
        return image
    try:
        source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
        mode = "RGBA" if image.mode == "RGBA" else "RGB"
        return (
            ImageCms.profileToProfile(image, source, ImageCms.createProfile("sRGB"), outputMode=mode) or image
        )
    except (ImageCms.PyCMSError, OSError):
        return image


def _on_white(image: Image.Image) -> Image.Image:
    """Return the picture without transparency: what was see-through becomes white."""
    if image.mode not in {"RGBA", "LA", "PA"} and "transparency" not in image.info:
        return image.convert("RGB")
    clear = image.convert("RGBA")
    paper = Image.new("RGB", clear.size, "white")
    paper.paste(clear, mask=clear.getchannel("A"))
    return paper


if __name__ == "__main__":
    main()
