import re
from importlib.resources import files

import pytest

STYLE = files("sijill.publish").joinpath("style.css").read_text(encoding="utf-8")

# Ink, ground: what stands on what. WCAG 2.2, success criterion 1.4.3: 4.5 to 1 for text.
PAIRS = [
    *((ink, "paper") for ink in ("ink", "quiet", "link", "good", "changed", "bad", "mark")),
    *((ink, "sheet") for ink in ("ink", "quiet", "link", "good", "changed", "bad", "mark")),
    ("ink", "quoted"), ("mark", "quoted"), ("ink", "faded"),
    ("counted-ink", "counted"), ("banner-ink", "banner"),
]  # fmt: skip


def palette(scheme: str) -> dict[str, str]:
    """The colours of a scheme, by the name of their property."""
    block = {
        "light": r":root \{(.*?)\}",
        "dark": r"prefers-color-scheme: dark\) \{\s*:root \{(.*?)\}",
        "print": r"@media print \{\s*:root \{(.*?)\}",
    }[scheme]
    found = re.search(block, STYLE, re.DOTALL)
    assert found
    return dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", found[1]))


def luminance(colour: str) -> float:
    """Relative luminance (WCAG 2.2, definitions)."""
    channels = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The ratio of contrast of two colours (WCAG 2.2, definitions)."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark", "print"])
@pytest.mark.parametrize(("ink", "ground"), PAIRS)
def test_contrast(scheme: str, ink: str, ground: str) -> None:
    colours = palette("light") | palette(scheme)
    assert contrast(colours[ink], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_focus_is_seen(scheme: str) -> None:
    """WCAG 2.2, success criterion 1.4.11: 3 to 1 for what shows the state of a control."""
    colours = palette(scheme)
    assert min(contrast(colours["focus"], colours[ground]) for ground in ("paper", "sheet")) >= 3


def test_contrast_of_known_colours() -> None:
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_nothing_is_fetched() -> None:
    assert not re.search(r"url\(|@import|@font-face|image-set|src:", STYLE)


def test_the_sheet_serves_both_directions() -> None:
    physical = (
        r"(?:margin|padding|border)-(?:left|right)|(?:^|[\s;{])(?:left|right|float)\s*:|text-align: (?:left|right)"
    )
    assert not re.search(physical, STYLE)
    assert not re.search(r"(?:^|[\s;{])(?:min-|max-)?(?:width|height)\s*:", re.sub(r"@media[^{]*", "", STYLE))


def test_every_colour_used_is_defined() -> None:
    used = set(re.findall(r"var\(--([a-z-]+)\)", STYLE))
    defined = set(re.findall(r"--([a-z-]+):", STYLE))
    assert used == defined
