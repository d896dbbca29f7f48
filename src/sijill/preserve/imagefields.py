"""What a picture says of itself: camera, owner, place, time, program. Read only when somebody asks, and never kept.

It can find a witness, so it goes into no reading, page, listing, bundle row or log; it stays in the bytes, which those
who can open the case hold anyway. The parsers meet hostile bytes, so they run in a bound process of their own.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from sijill.core.errors import UnreadableFile
from sijill.core.wire import from_json, to_json
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.pictures import decoding, open_picture, pillow_is_here
from sijill.preserve.worker import bound, bounded_environment, read_frame, write_frame

if TYPE_CHECKING:
    from PIL.Image import Exif, Image

BOOT = (
    "import sys, json; sys.path[:] = json.loads(sys.argv[1]); "
    "from sijill.preserve.imagefields import main; main(sys.argv[2], json.loads(sys.argv[3]))"
)
EXIF_IFD, GPS_IFD = 0x8769, 0x8825
# What a picture must say to be shown at all; that, and how its pixels are packed, is no secret of anybody's.
TECHNICAL = frozenset(
    {
        *("adobe", "adobe_transform", "aspect", "background", "chromaticity", "compression", "default_image", "dpi"),
        *("duration", "gamma", "icc_profile", "interlace", "jfif", "jfif_density", "jfif_unit", "jfif_version"),
        *("loop", "mp", "mpoffset", "progression", "progressive", "resolution", "srgb", "timestamp", "transparency"),
    }
)
# Tags of a TIFF that say how it is stored, and which way is up.
STORAGE = frozenset({*range(254, 270), *range(273, 285), *range(286, 305), *range(317, 339), *range(512, 533)})
LONGEST = 2_000


def sorts_of_fields(picture: Image) -> tuple[str, ...]:
    """Which sorts of things an open picture says of itself, such as `EXIF` and `GPS position`; not what."""
    return tuple(sorted({sort for sort, _, _ in _fields(picture)}))


def fields_of(data: bytes, *, name: str, limits: Limits) -> tuple[tuple[str, str, str], ...]:
    """Sort, name and value of everything that a picture says of itself, read in a process of its own.

    Raises UnreadableFile for what is no picture, or brings the reader down.
    """
    if not pillow_is_here():
        raise UnreadableFile(shown(name), "it cannot be read here", hint="install the extra `ocr`")
    settings = [json.dumps(sys.path), shown(name), json.dumps(to_json(limits))]
    try:
        answer = subprocess.run(
            [sys.executable, "-c", BOOT, *settings],
            input=len(data).to_bytes(8, "big") + data,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=bounded_environment(),
            timeout=limits.seconds,
            check=False,
        ).stdout
        told = json.loads(answer[8:])
    except (subprocess.TimeoutExpired, ValueError) as err:
        raise UnreadableFile(shown(name), "reading it took too long, or crashed", hint="look at a copy of it") from err
    if isinstance(told, str):
        raise UnreadableFile(shown(name), told, hint="only pictures say something of themselves that is kept apart")
    return tuple((str(sort), str(field), str(value)) for sort, field, value in told)


def main(name: str, bounds: dict[str, Any]) -> None:
    """Read a picture from standard input, and answer with its fields, or with the reason why there are none."""
    limits = from_json(Limits, bounds)
    replies = bound(-1, limits.max_memory)
    data = read_frame(sys.stdin.buffer) or b""
    try:
        picture = open_picture(data, name=name, limits=limits)
        with decoding(name):
            told: object = list(_fields(picture))
    except UnreadableFile as err:
        told = err.reason
    write_frame(replies, json.dumps(told).encode("utf-8"))


def _fields(picture: Image) -> Iterator[tuple[str, str, str]]:
    from PIL import ExifTags

    exif = picture.getexif()
    for sort, tags, names in (
        ("EXIF", _own(exif), ExifTags.TAGS),
        ("EXIF", exif.get_ifd(EXIF_IFD), ExifTags.TAGS),
        ("GPS position", exif.get_ifd(GPS_IFD), ExifTags.GPSTAGS),
    ):
        for tag, value in tags.items():
            yield sort, names.get(tag, f"tag {tag}"), _shown(value)
    for key, value in picture.info.items():
        name = str(key)
        if name.lower() not in TECHNICAL and name != "exif":
            yield _sort_of(name), name, _shown(value)


def _own(exif: Exif) -> dict[int, object]:
    """The tags of the picture itself, without those that say how it is stored."""
    return {tag: value for tag, value in exif.items() if tag not in STORAGE and tag not in (EXIF_IFD, GPS_IFD)}


def _sort_of(name: str) -> str:
    lowered = name.lower()
    if "xmp" in lowered or "xml:com.adobe" in lowered:
        return "XMP"
    return {"photoshop": "IPTC", "comment": "a comment"}.get(lowered, "text")


def _shown(value: object) -> str:
    text = value.decode("utf-8", "backslashreplace") if isinstance(value, bytes) else str(value)
    return text if len(text) <= LONGEST else text[:LONGEST] + "…"
