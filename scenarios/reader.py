"""Find a scenario, follow what it extends, and resolve it to what a run takes.

A scenario that extends another takes over all it says and changes it: its parameters replace the
inherited ones, its policies lie in a higher layer and hold where they overlap the inherited ones,
its events are added, and what it drops by name is left out. Dates left unsaid are those of the run
in which the policy ends up.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path as FilePath

from plazas.model.calendar import WEEKS_PER_YEAR
from plazas.model.errors import printable, unknown
from plazas.model.levers import LeverError, Policy
from plazas.model.scenario import Event, EventError, Scenario, ScenarioError
from plazas.scenarios import checks, form
from plazas.scenarios.checks import Run, Written
from plazas.scenarios.effect import by_state, touches_nothing
from plazas.scenarios.errors import Path, ScenarioFileError
from plazas.scenarios.text import Document, read, read_file, unreadable
from plazas.scenarios.vocabulary import COUNTRIES

FOLDER = FilePath(__file__).parent
ENDINGS = (".yaml", ".yml")
LONGEST_RUN = 100  # years


@dataclass(frozen=True)
class _Said:
    """What a file says together with all that it extends."""

    country: str
    start: date
    stop: date
    replicates: int
    parameters: dict[str, float]
    policies: tuple[Written, ...]
    events: tuple[Written, ...]
    sources: tuple[str, ...]
    layer: int


def scenario_names() -> tuple[str, ...]:
    """Return the names of the shipped scenarios, in alphabetical order.

    Returns
    -------
    tuple of str
        Names that :func:`load_scenario`, ``plazas.run`` and ``plazas.compare`` accept.

    Examples
    --------
    >>> import plazas as pz
    >>> "hugs-not-bullets" in pz.scenario_names()
    True
    """
    return tuple(sorted(path.stem for path in FOLDER.glob("*.yaml")))


def load_scenario(name_or_path: str | FilePath) -> Scenario:
    """Return a shipped scenario by its name, or the one in a file by its path.

    Parameters
    ----------
    name_or_path : str or pathlib.Path
        A name of :func:`scenario_names`, or the path of a YAML file. A word that ends in .yaml or
        .yml, or has a folder in it, is a path.

    Returns
    -------
    Scenario
        The scenario with everything that it inherits.

    Raises
    ------
    ScenarioFileError
        If there is no such scenario, or its file or one that it extends has a mistake. The message
        names file, line, entry, the wrong word and the nearest right one.

    Examples
    --------
    >>> import plazas as pz
    >>> base = pz.load_scenario("historical")
    >>> base.start.isoformat(), base.weeks
    ('2010-01-01', 782)
    """
    word = str(name_or_path)
    if isinstance(name_or_path, FilePath) or is_path(word):
        path = FilePath(name_or_path)
        if not _exists(path, word):
            shipped = (
                f"; the shipped one is called {path.stem!r}"
                if path.stem in scenario_names()
                else ""
            )
            raise ScenarioFileError(word, None, (), f"there is no such file{shipped}")
    elif word in scenario_names():
        path = FOLDER / f"{word}.yaml"
    else:
        raise ScenarioFileError(word, None, (), no_scenario(word))
    return _resolved(_read(path), path, ())[0]


def _exists(path: FilePath, word: str) -> bool:
    """Return whether there is a file or folder; a path that cannot be one is an error."""
    try:
        return path.exists()
    except (OSError, ValueError) as error:
        raise ScenarioFileError(word, None, (), unreadable(error)) from error


def as_scenario(scenario: Scenario | str | FilePath) -> Scenario:
    """Return a scenario as it is, or the one that a name or a path means.

    Raises
    ------
    ScenarioFileError
        If there is no such scenario, or its file has a mistake.
    """
    return scenario if isinstance(scenario, Scenario) else load_scenario(scenario)


def read_text(text: str, name: str = "text", folder: str | FilePath = ".") -> Scenario:
    """Return the scenario that a text describes, as `load_scenario` does for a file.

    ``name`` becomes the scenario's name; paths that it extends start from ``folder``.
    """
    path = FilePath(folder) / f"{name}.yaml"
    return _resolved(read(text, name), path, ())[0]


def _read(path: FilePath) -> Document:
    shipped = path.parent == FOLDER and path.stem in scenario_names()
    return read_file(path, f"{path.stem} (shipped)" if shipped else "")


def is_path(word: str) -> bool:
    """Return whether a word names a file rather than a shipped scenario."""
    return word.endswith(ENDINGS) or "/" in word or "\\" in word


def no_scenario(word: str) -> str:
    """Return the sentence for a word that names no shipped scenario."""
    return (
        unknown("scenario", word, scenario_names()) + "; for a file give its path, ending in .yaml"
    )


def _resolved(
    document: Document, path: FilePath, above: tuple[FilePath, ...]
) -> tuple[Scenario, _Said]:
    """Return the scenario of a file; ``above`` are the files that led to it by extending."""
    entry = form.check(document)
    parent = _parent(document, entry.extends, path, (*above, path.resolve()))
    said = _together(document, entry, parent)
    run = _run(document, said)
    checks.names((*said.policies, *said.events))
    policies = _policies(document, said, run)
    events = _events(document, said, run)
    try:
        scenario = Scenario(
            name=printable(path.stem),
            title=entry.title,
            story=entry.story,
            start=said.start,
            stop=said.stop,
            country=run.country,
            changes=said.parameters,
            policies=tuple(policy for _, policy in policies),
            events=tuple(event for _, event in events),
            sources=said.sources,
            replicates=said.replicates,
        )
    except LeverError as error:
        raise (_contradiction(error, policies) or document.error((), str(error))) from error
    except EventError as error:
        raise _two_events(error, events) from error
    except ScenarioError as error:
        raise document.error((), str(error)) from error
    _own_effect(scenario, said, policies)
    return scenario, said


def _parent(
    document: Document, word: str | None, path: FilePath, chain: tuple[FilePath, ...]
) -> _Said | None:
    """Return what the extended scenario says; None where there is none."""
    if word is None:
        return None
    if is_path(word):
        result = path.parent / word
        try:
            missing = not result.is_file()
        except (OSError, ValueError) as error:
            raise document.error(("extends",), unreadable(error)) from error
        if missing:
            raise document.error(("extends",), f"there is no file {result}")
    elif word in scenario_names():
        result = FOLDER / f"{word}.yaml"
    else:
        raise document.error(("extends",), no_scenario(word))
    if result.resolve() in chain:
        circle = [*chain[chain.index(result.resolve()) :], result]
        raise document.error(
            ("extends",), "goes in a circle: " + " -> ".join(step.name for step in circle)
        )
    return _resolved(_read(result), result, chain)[1]


def _together(document: Document, entry: form.ScenarioEntry, parent: _Said | None) -> _Said:
    """Return what a file says over what its parent says."""
    for name, value in entry.parameters.items():
        checks.parameter(document, name, value)
    if parent is None:
        plain = Scenario()
        parent = _Said("mexico", plain.start, plain.stop, plain.replicates, {}, (), (), (), -1)
        if entry.drop:
            raise document.error(("drop",), "there is nothing to drop without 'extends'")
    dropped = _dropped(document, entry.drop, parent)
    layer = parent.layer + 1
    country = entry.country or parent.country
    if country not in COUNTRIES:
        raise document.error(("country",), unknown("country", country, COUNTRIES))
    policies = [
        Written(one, document, ("policies", i), layer) for i, one in enumerate(entry.policies)
    ]
    events = [Written(one, document, ("events", i), layer) for i, one in enumerate(entry.events)]
    return _Said(
        country=country,
        start=entry.start or parent.start,
        stop=entry.stop or parent.stop,
        replicates=entry.replicates or parent.replicates,
        parameters={**parent.parameters, **{k: float(v) for k, v in entry.parameters.items()}},
        policies=(*(one for one in parent.policies if one.entry.name not in dropped), *policies),
        events=(*(one for one in parent.events if one.entry.name not in dropped), *events),
        sources=tuple(dict.fromkeys((*parent.sources, *entry.sources))),
        layer=layer,
    )


def _dropped(document: Document, drop: list[str], parent: _Said) -> set[str]:
    known = {one.entry.name for one in (*parent.policies, *parent.events) if one.entry.name}
    for i, name in enumerate(drop):
        path: Path = ("drop", i)
        if not known:
            raise document.error(path, "the extended scenario names no policy and no event")
        if name not in known:
            raise document.error(path, unknown("inherited policy or event", name, sorted(known)))
        if name in drop[:i]:
            raise document.error(path, f"{name!r} is dropped already")
    return set(drop)


def _run(document: Document, said: _Said) -> Run:
    weeks = (said.stop - said.start).days // 7
    key = "stop" if ("stop",) in document.lines or ("start",) not in document.lines else "start"
    if weeks < 1:
        raise document.error((key,), f"the run from {said.start} to {said.stop} has no whole week")
    if weeks > LONGEST_RUN * WEEKS_PER_YEAR:
        raise document.error(
            (key,),
            f"the run from {said.start} to {said.stop} is longer than {LONGEST_RUN} years",
        )
    last = said.start + timedelta(days=7 * (weeks - 1))
    return Run(COUNTRIES[said.country](), said.start, said.stop, last)


def _policies(document: Document, said: _Said, run: Run) -> list[tuple[Written, Policy]]:
    with _fitting(document):
        return [
            (written, policy)
            for written in said.policies
            if (policy := checks.policy(written, run, written.layer == said.layer))
        ]


def _events(document: Document, said: _Said, run: Run) -> list[tuple[Written, Event]]:
    with _fitting(document):
        return [
            (written, event)
            for written in said.events
            if (event := checks.event(written, run, written.layer == said.layer))
        ]


@contextmanager
def _fitting(document: Document) -> Iterator[None]:
    """Blame a mistake in what is inherited, sound in its own country, on the new country."""
    try:
        yield
    except ScenarioFileError as error:
        if error.file == document.file or ("country",) not in document.lines:
            raise
        raise document.error(
            ("country",), f"does not fit what is inherited; drop this policy or event: {error}"
        ) from error


def _contradiction(
    error: LeverError, policies: list[tuple[Written, Policy]]
) -> ScenarioFileError | None:
    """Return where in the file a policy contradicts another, None for any other mistake."""
    if error.pair is None:
        return None
    # the later of the two in the file is to blame
    (first, _), (last, own) = (
        (written, policy)
        for written, policy in policies
        if any(policy is one for one in error.pair)
    )
    other = error.pair[1] if error.pair[0] is own else error.pair[0]
    return last.document.error(
        (*last.path, "level"),
        f"{own.level:g} contradicts {first}, which sets {own.lever} to "
        f"{other.level:g} from {other.start} to {other.stop}; "
        "let their dates, states or targets not overlap",
    )


def _two_events(error: EventError, events: list[tuple[Written, Event]]) -> ScenarioFileError:
    """Return where in the file an event contradicts another one of its week."""
    first, last = (next(written for written, event in events if event is one) for one in error.pair)
    return last.document.error((*last.path, "on"), f"{first} {error.reason}")


def _own_effect(scenario: Scenario, said: _Said, policies: list[tuple[Written, Policy]]) -> None:
    """Check that every policy of the file changes a level in some week."""
    scenario = by_state(scenario)
    for written, policy in policies:
        if written.layer < said.layer:
            continue
        when = f"from {policy.start} to {policy.stop}"
        if scenario.week_of(policy.start) == scenario.week_of(policy.stop):
            raise written.document.error(written.path, f"touches nothing: no week begins {when}")
        if touches_nothing(scenario, policy):
            raise written.document.error(
                (*written.path, "level"),
                f"touches nothing: {policy.lever} is {policy.level:g} {when} without this policy",
            )
