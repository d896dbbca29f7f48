"""Reads a page of the workbench as strictly as one of the record; it may hold forms, pictures and a script."""

from typing import ClassVar

from tests.publish.markup import ATTRIBUTES, TAGS, VOID, Page

SHAPES = frozenset({"line", "path", "circle"})


class WorkPage(Page):
    """A page of the workbench."""

    allowed: ClassVar[frozenset[str]] = TAGS | {
        *("form", "input", "button", "label", "select", "option", "fieldset", "legend", "kbd", "script"),
        *("figure", "figcaption", "svg", "text"),
    }
    known: ClassVar[frozenset[str]] = ATTRIBUTES | {
        *("src", "method", "action", "value", "maxlength", "autocomplete", "placeholder", "inputmode", "pattern"),
        *("selected", "aria-pressed", "aria-hidden", "aria-live", "form", "viewbox"),
        *("x", "y", "x1", "x2", "y1", "y2", "cx", "cy", "r", "d", "text-anchor"),
        *("hx-get", "hx-post", "hx-target", "hx-swap", "hx-trigger"),
        *(
            "data-key",
            "data-claims",
            "data-place",
            "data-faded",
            "data-current",
            "data-cancel",
            "data-adding",
            "hidden",
        ),
    }
    void: ClassVar[frozenset[str]] = VOID | {"input"}

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag in SHAPES, f"<{tag}/> closes itself, which HTML ignores"
        assert self.known.issuperset(name for name, _ in attrs), f"<{tag}> has {attrs}"
