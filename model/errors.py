"""Every error that Plazas raises on purpose, and the sentence for a misspelt word.

A library module raises a `PlazasError` or a subclass. Only the command line
(``plazas.analysis.cli``) turns one into a single line and an exit code.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable

NEAR = 0.6  #: similarity (0 to 1, `difflib`) from which a known word is offered as a correction
SHORTEST_PART = 4  #: letters from which a part of a known word counts as near to it
SPACES = "\u00a0\u2007\u202f\u3000"  #: spaces of ordinary text, though not ``isprintable``
MOST_LISTED = 12  #: known words that a message lists where none is near


class PlazasError(Exception):
    """The base of every error that Plazas raises on purpose.

    Examples
    --------
    >>> import plazas as pz
    >>> issubclass(pz.UserError, pz.PlazasError)
    True
    """


class UserError(PlazasError, ValueError):
    """A mistake in what a user gave; the message is one line that says what to change.

    It is a `ValueError` too.

    Examples
    --------
    >>> import plazas as pz
    >>> try:
    ...     pz.load_scenario("clasroom")
    ... except pz.UserError as error:
    ...     print(str(error).split(";")[1].strip())
    did you mean 'classroom'?
    """


class RunStoppedError(PlazasError):
    """A run left the range in which the model means anything; the message says how and when."""


class MissingLibraryError(PlazasError, ImportError):
    """An optional library is not installed; the message says how to install it."""


def printable(text: str) -> str:
    r"""Return a text with what a screen would act on or hide (controls, direction) as escapes.

    Parameters
    ----------
    text
        Any text, such as a file name or a title. Spaces stay as they are; line breaks do not.

    Examples
    --------
    >>> print(printable("plan\x1b[2J"))
    plan\x1b[2J
    """
    return "".join(c if c.isprintable() or c in SPACES else repr(c)[1:-1] for c in text)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the known word that is nearest to ``word``, or None where none is near.

    Near is a word that is spelt much alike, or of which ``word`` is a part. Capitals do not count.

    Parameters
    ----------
    word
        What somebody wrote.
    known
        The words that are right.

    Examples
    --------
    >>> nearest("Prevenion", ["prevention", "arrests"])
    'prevention'
    >>> nearest("hugs", ["historical", "hugs-not-bullets"])
    'hugs-not-bullets'
    >>> nearest("offensive", ["tolerance", "arrests"]) is None
    True
    """
    plain = {right.casefold(): right for right in known}
    wrong = str(word).casefold()
    close = difflib.get_close_matches(wrong, plain, n=1, cutoff=NEAR)
    if not close and len(wrong) >= SHORTEST_PART:
        close = [right for right in plain if wrong in right][:1]
    return plain[close[0]] if close else None


def unknown(what: str, word: object, known: Iterable[str]) -> str:
    """Return the sentence for an unknown word: the nearest right one, else those allowed.

    Parameters
    ----------
    what
        What the word should name: "lever", "state".
    word
        What somebody wrote.
    known
        The words that are right.

    Examples
    --------
    >>> unknown("lever", "arests", ["arrests", "force"])
    "unknown lever 'arests'; did you mean 'arrests'?"
    >>> unknown("lever", "offensive", ["arrests", "force"])
    "unknown lever 'offensive'; allowed: arrests, force"
    """
    words = list(known)
    near = nearest(str(word), words)
    if near is not None:
        return f"unknown {what} {word!r}; did you mean {near!r}?"
    return f"unknown {what} {word!r}; {allowed(words)}"


def allowed(known: Iterable[str]) -> str:
    """Return the list of allowed words for a message: all, or the first few and how many more.

    Examples
    --------
    >>> allowed(["war", "peace"])
    'allowed: war, peace'
    >>> allowed([])
    'none is allowed here'
    """
    words = [str(word) for word in known]
    if not words:
        return "none is allowed here"
    more = len(words) - MOST_LISTED
    listed = ", ".join(words[:MOST_LISTED])
    return f"allowed: {listed}" + (f" and {more} more" if more > 0 else "")
