"""Adding reports to a case without reading claims in them yet."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from sijill.core.clock import Clock, system_clock
from sijill.core.document import NOTHING_STATED, Metadata
from sijill.pipeline.build import Progress, silent
from sijill.preserve.limits import DEFAULT_LIMITS, Limits
from sijill.preserve.run import AddReport, add
from sijill.store.case import Case

__all__ = ["AddReport", "add_reports"]


def add_reports(
    case: Case,
    paths: Sequence[Path],
    *,
    by: str,
    clock: Clock = system_clock,
    stated: Metadata = NOTHING_STATED,
    limits: Limits = DEFAULT_LIMITS,
    workers: int = 0,
    progress: Progress = silent,
) -> AddReport:
    """Preserve reports without reading claims; what cannot be preserved is in the report's `refused`."""
    with case.writer(by=by, clock=clock) as writer:
        return add(
            case,
            writer,
            paths,
            stated=stated,
            limits=limits,
            workers=workers or os.cpu_count() or 1,
            progress=lambda done, of: progress("preserve", done, of),
        )
