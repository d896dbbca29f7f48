"""Fuzz every reader with atheris, and say what was found: so many runs, so many branches, and each finding.

python benchmarks/fuzzing.py [TARGET…] [--seconds 600] [--folder FOLDER] [--report] [--keep]

Needs atheris (`uv pip install atheris`; it has wheels for Linux alone and is in no lock, so CI does not run this). A
finding is whatever a reader raises beyond a refusal, a law of `fuzz_targets.py` that does not hold, or an input that
crashes the process, takes too long or too much memory. Those last three are tried again through the pool of readers:
where it refuses them by name, within its limits, they are bounded and not counted. Exit code 1 if there are findings.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import re
import resource
import subprocess
import sys
import time
import traceback
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from importlib import import_module
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from benchmarks import figures

SECONDS_FOR_ONE, MEGABYTES = 60, 1_500
PROGRESS = re.compile(r"cov: (\d+) ft: (\d+) corp: (\d+)/")
# Other people's parsers whose branches count as well as ours; those in C are not seen.
PARSERS = {
    "pdf": ("pypdf",),
    "html": ("trafilatura", "htmldate", "justext"),
    "msg": ("oxmsg", "olefile"),
    "docx": ("zipfile",),
    "xlsx": ("zipfile", "openpyxl"),
    "eml": ("email",),
    "containers": ("zipfile", "warcio"),
    "proofs": ("opentimestamps",),
    "frontmatter": ("yaml",),
    "encoding": ("charset_normalizer",),
}
OURS = ("sijill.preserve", "sijill.store", "sijill.extract")
# Under which ending an input that ended the process is tried again; none where a worker does not read such bytes.
SUFFIX = {
    "containers": "",
    "proofs": "",
    "signed": "",
    "claims": "",
    "encoding": "",
    "frontmatter": ".txt",
    "reports": ".jsonl",
}


@dataclass(slots=True)
class Outcome:
    """What came of fuzzing one target."""

    name: str
    commit: str = ""
    seconds: float = 0.0
    processor: float = 0.0
    runs: int = 0
    read: int = 0
    branches: int = 0
    corpus: int = 0
    slowest: float = 0.0
    bounded: int = 0
    findings: list[str] = field(default_factory=list)


# --- the process that is fuzzed ---


def fuzz_one(name: str, folder: Path, seconds: int) -> None:
    """Fuzz one target for so long; what it finds goes into `folder`, with how far it came."""
    import atheris

    with atheris.instrument_imports(include=[*OURS, *PARSERS.get(name, ())]):
        targets = import_module("benchmarks.fuzz_targets")
        for module in (*PARSERS.get(name, ()), *_readers()):
            import_module(module)
    target = next(t for t in targets.TARGETS if t.name == name)
    corpus = folder / "corpus"
    if not corpus.is_dir():
        corpus.mkdir(parents=True)
        for seed in target.seeds():
            (corpus / hashlib.sha1(seed).hexdigest()).write_bytes(seed)
    options = [f"-max_total_time={seconds}", f"-timeout={SECONDS_FOR_ONE}", f"-rss_limit_mb={MEGABYTES}"]
    options += [
        f"-max_len={targets.LARGEST}",
        f"-artifact_prefix={folder}/",
        "-report_slow_units=1000",
        "-len_control=0",
    ]
    if target.words:
        (folder / "words").write_text("".join(f'"{_quoted(w)}"\n' for w in target.words))
        options.append(f"-dict={folder / 'words'}")
    mutator = None
    if target.mutate is not None:

        def mutator(data: bytes, most: int, seed: int) -> bytes:
            return bytes(target.mutate(data, most, seed, atheris.Mutate))

    resource.setrlimit(resource.RLIMIT_AS, (2 * MEGABYTES * 1_000_000,) * 2)
    _mark_start(folder)
    extra = {} if mutator is None else {"custom_mutator": mutator}
    atheris.Setup([sys.argv[0], str(corpus), *options], _watched(target, folder), **extra)
    atheris.Fuzz()


def _quoted(word: str) -> str:
    return word.replace('"', '\\"')


def _readers() -> tuple[str, ...]:
    rooms = Path(__file__).resolve().parent.parent / "src" / "sijill" / "preserve"
    return tuple(f"sijill.preserve.{p.stem}" for p in sorted(rooms.glob("*.py")) if p.stem not in {"__init__", "run"})


def _mark_start(folder: Path) -> None:
    if not (folder / "progress.json").is_file():
        (folder / "progress.json").write_text(json.dumps({"runs": 0, "read": 0, "slowest": 0.0}))


def _watched(target: Any, folder: Path) -> Callable[[bytes], None]:
    """The target, which never stops at a finding: it is kept once for each place that it comes from."""
    told = json.loads((folder / "progress.json").read_text())
    last = time.monotonic()

    def take(data: bytes) -> None:
        nonlocal last
        start = time.perf_counter()
        try:
            told["read"] += bool(target.take(data))
        except MemoryError:  # As bounded as the reader's process is.
            pass
        except Exception as err:  # noqa: BLE001 - whatever it may be is what is looked for.
            _keep_finding(err, data, folder)
        told["runs"] += 1
        told["slowest"] = max(told["slowest"], time.perf_counter() - start)
        if time.monotonic() - last > 1:
            last = time.monotonic()
            (folder / "progress.json").write_text(json.dumps(told))

    return take


def _keep_finding(err: Exception, data: bytes, folder: Path) -> None:
    frames = traceback.extract_tb(err.__traceback__)
    ours = [f for f in frames if "sijill" in f.filename] or frames
    places = [f"{Path(f.filename).name}:{f.name}" for f in (ours[-1], frames[-1])]
    where = hashlib.sha1(f"{type(err).__name__} {places}".encode()).hexdigest()[:12]
    kept = folder / f"finding-{where}"
    if not kept.exists():
        kept.write_bytes(data)
        said = "".join(traceback.format_exception(err))
        (folder / f"finding-{where}.txt").write_text(f"{type(err).__name__} at {' and '.join(places)}\n\n{said}")


# --- the one who starts it ---


def fuzz(name: str, folder: Path, seconds: int) -> Outcome:
    """Fuzz one target in processes of its own, a new one wherever one was ended, for so long of the processor's time.

    Not of the clock's: on a machine that others use, ten minutes of that may be a few seconds of this.
    """
    folder.mkdir(parents=True, exist_ok=True)
    found = Outcome(name, figures.commit())
    start, before = time.monotonic(), resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime
    left = seconds
    while left > 0:
        command = [sys.executable, __file__, "--one", name, "--folder", str(folder), "--seconds", str(left)]
        ended = subprocess.run(command, capture_output=True, check=False, cwd=folder, env=_environment())
        said = ended.stderr.decode("utf-8", "replace")
        (folder / "said.txt").write_text(said[-20_000:])
        if shown := PROGRESS.findall(said):
            found.branches, _, found.corpus = map(int, shown[-1])
        for artifact in _artifacts(folder):  # Named after its SHA-1, as it is in the corpus: not to be met again.
            (folder / "corpus" / artifact.name.partition("-")[2]).unlink(missing_ok=True)
        if ended.returncode and not _artifacts(folder) and not shown:
            found.findings.append(f"it did not start: {said[-300:]}")
            break
        found.processor = resource.getrusage(resource.RUSAGE_CHILDREN).ru_utime - before
        left = int(seconds - found.processor)
    found.seconds = time.monotonic() - start
    if (folder / "progress.json").is_file():
        told = json.loads((folder / "progress.json").read_text())
        found.runs, found.read, found.slowest = told["runs"], told["read"], told["slowest"]
    found.findings += [p.read_text().split("\n", 1)[0] for p in sorted(folder.glob("finding-*.txt"))]
    for artifact in _artifacts(folder):
        if _bounded(artifact, SUFFIX.get(name, f".{name}")):
            found.bounded += 1
        else:
            found.findings.append(f"{artifact.name}: not bounded")
    (folder / "outcome.json").write_text(json.dumps(asdict(found)), encoding="utf-8")
    return found


def _environment() -> dict[str, str]:
    """Ours, with this tree's own source first, wherever the process starts."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parent.parent / "src")}


def _artifacts(folder: Path) -> list[Path]:
    """The inputs that ended the process."""
    return sorted(p for kind in ("crash", "timeout", "oom") for p in folder.glob(f"{kind}-*"))


def _bounded(artifact: Path, suffix: str) -> bool:
    """Whether the pool of readers, with its limits, reads the bytes or refuses them by name."""
    from sijill.preserve.limits import Limits
    from sijill.preserve.pool import ReaderPool, ReadJob

    if not suffix:
        return False
    with ReaderPool(workers=1, limits=Limits(seconds=60.0, max_memory=2_000_000_000)) as pool:
        return len(list(pool.read([ReadJob(artifact, f"fuzzed{suffix}")]))) == 1


def table(outcomes: list[Outcome]) -> list[str]:
    """The figures as a table, and each finding below it."""
    titles = ("reader", "commit", "seconds", "processor", "runs", "read", "branches", "corpus", "slowest", "bounded")
    lines = [f"| {' | '.join((*titles, 'findings'))} |", "| --- | --- |" + " ---: |" * (len(titles) - 1)]
    for o in outcomes:
        measured = (f"{o.seconds:.0f}", f"{o.processor:.0f}", f"{o.runs:,}", f"{o.read:,}", f"{o.branches:,}")
        sizes = (f"{o.corpus:,}", f"{o.slowest:.2f} s", str(o.bounded), str(len(o.findings)))
        lines.append(f"| {' | '.join((o.name, o.commit, *measured, *sizes))} |")
    return [*lines, "", *(f"- {o.name}: {finding}" for o in outcomes for finding in o.findings)]


def main() -> int:
    """Fuzz what was named, or everything, and print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*")
    parser.add_argument("--seconds", type=int, default=600, help="of the processor's time, for each target")
    parser.add_argument("--folder", type=Path, default=Path("fuzzed"))
    parser.add_argument("--keep", action="store_true", help="write the figures to benchmarks/results/")
    parser.add_argument("--report", action="store_true", help="fuzz nothing; show what earlier runs left in the folder")
    parser.add_argument("--one", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    folder = given.folder.resolve()
    if given.one:
        fuzz_one(given.one, folder, given.seconds)
        return 0
    from benchmarks.fuzz_targets import TARGETS

    outcomes = []
    for name in given.targets or [t.name for t in TARGETS]:
        if given.report:
            outcomes.append(Outcome(**json.loads((folder / name / "outcome.json").read_text(encoding="utf-8"))))
            continue
        outcomes.append(fuzz(name, folder / name, given.seconds))
        print("\n".join(table(outcomes[-1:])), flush=True)
    print("\n".join(table(outcomes)))
    if given.keep:
        print(figures.keep([*figures.heading("Readers fuzzed"), *table(outcomes)], what="fuzzing"))
    return 1 if any(o.findings for o in outcomes) else 0


if __name__ == "__main__":
    sys.exit(main())
