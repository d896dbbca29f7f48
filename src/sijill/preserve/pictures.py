"""Opening pictures that may be hostile, and drawing their pages in grey for OCR."""

from __future__ import annotations

import importlib.util
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from typing import TYPE_CHECKING

from sijill.core.errors import UnreadableFile
from sijill.preserve.limits import Limits
from sijill.preserve.names import shown
from sijill.preserve.quiet import PARSER_FAULTS, silence_parsers
from sijill.preserve.tesseract import Raster

if TYPE_CHECKING:
    from PIL.Image import Image

# Pillow knows many formats; the rarer a parser is, the less it was looked at. An animation or an icon is no report.
MEDIA_TYPES = {"PNG": "image/png", "JPEG": "image/jpeg", "TIFF": "image/tiff", "WEBP": "image/webp"}
# Pillow raises SyntaxError for a broken header, and OSError, ValueError and others deeper down.
PICTURE_FAULTS: tuple[type[Exception], ...] = (*PARSER_FAULTS, SyntaxError, EOFError)
# Pictures of a telephone's screen are drawn larger: to this many pixels on their longer side, at most so many times.
WANTED_SIDE, MOST_TIMES = 2_400, 3.0
DPI = 300
DEEP = ("I", "F")
OF_A_BYTE, OF_TWO = 255, 65_535
# What cameras say of which way is up (Exif 2.32, 4.6.4), as Pillow numbers its turns (Image.Transpose).
ORIENTATION = 0x0112
TURNS = {2: 0, 3: 3, 4: 1, 5: 5, 6: 4, 7: 6, 8: 2}


def pillow_is_here() -> bool:
    """Whether Pillow, which comes with the extra `ocr`, is installed."""
    return importlib.util.find_spec("PIL") is not None


@contextmanager
def decoding(name: str) -> Iterator[None]:
    """What Pillow raises on a damaged picture, as the one error that readers raise: UnreadableFile."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # Pillow warns of damage that it can pass over.
            yield
    except MemoryError:
        raise
    except PICTURE_FAULTS as err:
        raise UnreadableFile(
            shown(name), "it is damaged: the picture cannot be decoded", hint="fetch it again from where it came"
        ) from err


def open_picture(data: bytes, *, name: str, limits: Limits) -> Image:
    """A picture of a format that is read, not decoded yet. Raises UnreadableFile, also for too many pixels.

    These are looked at first, since Pillow decodes the whole of a PNG before it says where it was taken.
    """
    from PIL import Image

    silence_parsers()
    # Its own bound warns at one size and raises at another; ours are looked at before anything is decoded.
    Image.MAX_IMAGE_PIXELS = None
    with decoding(name):
        picture = Image.open(BytesIO(data), formats=tuple(MEDIA_TYPES))
    _require_pixels(picture, name, limits)
    return picture


def pages_of(picture: Image, *, name: str, limits: Limits) -> Iterator[Image]:
    """Each page of a picture in grey, upright, on white.

    Raises UnreadableFile for too many pages or pixels, and for what cannot be decoded.
    """
    with decoding(name):
        count = getattr(picture, "n_frames", 1) if picture.format == "TIFF" else 1
    if count > limits.max_pages:
        reason = f"it has {count:,} pages, where {limits.max_pages:,} are allowed"
        raise UnreadableFile(shown(name), reason, hint="split it into parts and add each")
    for i in range(count):
        with decoding(name):
            picture.seek(i)
        _require_pixels(picture, name, limits)
        with decoding(name):
            page = _grey(picture)
        yield page


def _require_pixels(picture: Image, name: str, limits: Limits) -> None:
    width, height = picture.size
    if width * height > limits.max_pixels:
        reason = f"it has {width * height:,} pixels, where {limits.max_pixels:,} are allowed"
        raise UnreadableFile(shown(name), reason, hint="check where it came from; save it smaller")


def raster_of(page: Image, limits: Limits, scale: float) -> Raster:
    """A page in grey, drawn so many times the size at which it is read, within the pixels that are allowed."""
    from PIL import Image

    times = max(1.0, min(MOST_TIMES, WANTED_SIDE / max(page.size))) * scale
    times = min(times, (limits.max_pixels / (page.width * page.height)) ** 0.5)
    size = (max(1, int(page.width * times)), max(1, int(page.height * times)))
    drawn = page if size == page.size else page.resize(size, Image.Resampling.LANCZOS)
    return Raster(*size, drawn.tobytes(), int(DPI * scale))


def _grey(picture: Image) -> Image:
    from PIL import Image

    if picture.mode.startswith(DEEP):
        # Sixteen bits a pixel: the upper eight say enough.
        grey = picture.convert("F").point(lambda value: value * (OF_A_BYTE / OF_TWO)).convert("L")
    elif picture.has_transparency_data:
        seen = picture.convert("RGBA")
        grey = Image.alpha_composite(Image.new("RGBA", seen.size, "white"), seen).convert("L")
    else:
        grey = picture.convert("L")
    turn = TURNS.get(picture.getexif().get(ORIENTATION, 1))
    return grey.transpose(Image.Transpose(turn)) if turn is not None else grey
