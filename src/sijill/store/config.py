"""`case.toml`: what a case is, readable by people and programs; its log's first entry vouches for it."""

from __future__ import annotations

import json
import os
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path

from sijill.core.errors import CaseDamaged, CaseTooNew, NotACase

FORMAT = 1
FILE = "case.toml"


@dataclass(frozen=True, slots=True)
class CaseConfig:
    """What stands in `case.toml`: the format's number, the case's id, name and birth, and its public key."""

    format: int
    id: str
    name: str
    created: str
    verifier: str

    @property
    def origin(self) -> str:
        """The name of the case's log and key."""
        return f"sijill/{self.id}"

    def rendered(self) -> bytes:
        """What `case.toml` holds, to the byte."""
        lines = ["# A Sijill case. Do not edit: the log's first entry vouches for these lines."]
        for f in fields(self):
            # JSON's escapes are TOML's, but TOML also wants DEL escaped (v1.0.0, "String").
            quoted = json.dumps(getattr(self, f.name), ensure_ascii=False).replace("\x7f", "\\u007f")
            lines.append(f"{f.name} = {quoted}")
        return ("\n".join(lines) + "\n").encode("utf-8")

    def write(self, folder: Path) -> None:
        """Write `case.toml`, durably."""
        with (folder / FILE).open("xb") as f:
            f.write(self.rendered())
            f.flush()
            os.fsync(f.fileno())

    @classmethod
    def read(cls, folder: Path) -> CaseConfig:
        """What stands in `case.toml`; raises NotACase, CaseTooNew or CaseDamaged."""
        path = folder / FILE
        if not path.is_file():
            hint = "make one with `sijill init CASE` or `sijill build CASE REPORTS`"
            raise NotACase(f"{folder} is not a case: it has no {FILE}", hint=hint)
        return cls.parse(path.read_bytes(), path)

    @classmethod
    def parse(cls, data: bytes, path: Path) -> CaseConfig:
        """What the bytes of `case.toml` say, which lie at `path`; raises CaseTooNew or CaseDamaged."""
        try:
            held = tomllib.loads(data.decode())
            if type(held.get("format")) is int and held["format"] > FORMAT:
                raise CaseTooNew(
                    f"{path.parent} was written by a newer Sijill (format {held['format']}, this one knows {FORMAT})",
                    hint="upgrade Sijill; nothing was changed",
                )
            found = cls(**held)
        except (ValueError, TypeError, RecursionError) as err:  # Not TOML, not UTF-8, not these fields.
            raise CaseDamaged(f"{path} is damaged: {err}", hint="restore it from a backup") from err
        if not all(type(getattr(found, f.name)) is (int if f.name == "format" else str) for f in fields(cls)):
            raise CaseDamaged(f"{path} is damaged: a value is of the wrong type", hint="restore it from a backup")
        return found
