"""A case as other programs use it: `sijill.Case`."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from sijill.core.clock import Clock, system_clock
from sijill.core.document import Document
from sijill.core.incident import IncidentRecord
from sijill.core.judgement import Change, Decision
from sijill.core.state import JudgedClaim
from sijill.pipeline import build as building
from sijill.pipeline import decisions, explain, listing, rulesets
from sijill.store import case as stored
from sijill.store import reads
from sijill.store.vault import NOTHING, Custodian, Unlock
from sijill.store.verify import Report, verify


class Case:
    """A case in a folder. Reading takes no lock; each method that writes holds a writer while it runs."""

    def __init__(self, case: stored.Case, *, by: str, clock: Clock = system_clock, brought: Unlock = NOTHING) -> None:
        self._case = case
        self._brought = brought
        self._by = by
        self._clock = clock

    @classmethod
    def open(cls, path: str | Path, *, by: str = "api", clock: Clock = system_clock, brought: Unlock = NOTHING) -> Case:
        """Open a case; raises NotACase, CaseTooNew, CaseDamaged, or CaseSealed where nothing brought unlocks it.

        `by` is who acts, as the log will say.
        """
        return cls(stored.Case.open(Path(path), brought=brought), by=by, clock=clock, brought=brought)

    @classmethod
    def create(
        cls,
        path: str | Path,
        *,
        name: str = "",
        by: str = "api",
        clock: Clock = system_clock,
        custodians: Sequence[Custodian] = (),
        brought: Unlock = NOTHING,
    ) -> Case:
        """Make an empty case, encrypted to the custodians if there are any; raises CaseExists.

        Its rows lie on the server that was brought, if one was.
        """
        made = stored.Case.create(
            Path(path), name=name, by=by, clock=clock, custodians=custodians, server=brought.database
        )
        return cls(made, by=by, clock=clock, brought=brought)

    @property
    def path(self) -> Path:
        """The folder of the case."""
        return self._case.folder

    def build(
        self,
        reports: Iterable[str | Path] = (),
        plan: building.Plan = building.DEFAULT_PLAN,
    ) -> building.BuildReport:
        """Preserve, read, link, reconcile and write the record; refused files are in the report."""
        paths = [Path(r) for r in reports]
        return building.build(self._case, paths, plan, by=self._by, clock=self._clock)

    def documents(self) -> tuple[Document, ...]:
        """Every document with its current reading, in the order in which they were added."""
        with self._case.connect() as connection:
            return tuple(reads.documents(connection))

    def claims(self) -> tuple[JudgedClaim, ...]:
        """The current claims as they stand after all judgements, uncounted allegations among them."""
        with self._case.connect() as connection:
            return tuple(reads.judged_claims(connection)[0].values())

    def incidents(self, preset: str | None = None) -> tuple[IncidentRecord, ...]:
        """The incidents with their figures under a rule set, by name or TOML file; without one, under the record's.

        Raises UnknownId for a rule set that is unknown and InputError for a file that is none.
        """
        with self._case.connect() as connection:
            return listing.incident_records(self._case, connection, rulesets.of(connection, preset))

    def incident_rows(self, preset: str | None = None) -> tuple[dict[str, Any], ...]:
        """The incidents as `sijill incidents --format jsonl` prints them."""
        with self._case.connect() as connection:
            return tuple(listing.incident_rows(self._case, connection, rulesets.of(connection, preset)))

    def claim_rows(self, *, uncounted: bool = False) -> tuple[dict[str, Any], ...]:
        """The claims as `sijill claims --format jsonl` prints them."""
        with self._case.connect() as connection:
            return tuple(listing.claim_rows(connection, uncounted=uncounted))

    def judge(
        self,
        decision: Decision | str,
        *subjects: str,
        reason: str = "",
        changes: Sequence[Change] = (),
        rebuild: bool = True,
    ) -> str:
        """Record a decision and, unless told otherwise, derive everything anew; returns the judgement's id."""
        with self._case.writer(by=self._by, clock=self._clock) as writer:
            made = decisions.judge(self._case, writer, Decision(decision), subjects, reason=reason, changes=changes)
            if rebuild:
                building.derive(self._case, writer)
        return made

    def undo(self, judgement: str, *, reason: str = "", rebuild: bool = True) -> str:
        """Take back a judgement by a row; returns that row's id."""
        with self._case.writer(by=self._by, clock=self._clock) as writer:
            made = decisions.undo(self._case, writer, judgement, reason=reason)
            if rebuild:
                building.derive(self._case, writer)
        return made

    def history(self) -> tuple[dict[str, Any], ...]:
        """What people decided, oldest first, with what no longer stands, as `sijill history` prints it."""
        with self._case.connect() as connection:
            return tuple(explain.history(connection))

    def explain(self, name: str, preset: str | None = None) -> tuple[str, ...]:
        """Lines that say why a claim, incident, document or judgement is what it is."""
        with self._case.connect() as connection:
            return tuple(explain.explain(self._case, connection, name, rulesets.of(connection, preset)))

    def verify(self) -> Report:
        """Recompute everything that the log vouches for."""
        return verify(self._case.folder, brought=self._brought)

    def close(self) -> None:
        """Let go of the files."""
        self._case.close()

    def __enter__(self) -> Case:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
