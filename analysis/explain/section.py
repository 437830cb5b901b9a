"""What the parts of an account share: a section, dated notes in a sentence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from plazas.analysis.explain.facts import Note
from plazas.analysis.explain.language import Language
from plazas.analysis.explain.saved import Saved

MOST_NOTES = 6


@dataclass(frozen=True)
class Section:
    """A heading and paragraphs."""

    heading: str
    paragraphs: tuple[str, ...]


def noted(saved: Saved, language: Language, notes: Sequence[Note]) -> str:
    """Return the notes of most weight, in the order of their dates."""
    most = sorted(notes, key=lambda note: -note.weight)[:MOST_NOTES]
    texts = [
        f"{_note(saved, language, note)} ({language.day(note.date)})"
        for note in notes
        if note in most
    ]
    if len(notes) > MOST_NOTES:
        texts.append(language.say("and more", n=len(notes) - MOST_NOTES))
    return "; ".join(texts)


def _note(saved: Saved, language: Language, note: Note) -> str:
    if note.kind != "policy":
        return language.event(note.kind, note.cartel, note.other, note.amount, saved.name)
    return language.say(
        "event policy" if note.cartel is None else "event policy aimed",
        lever=language.lever(note.lever),
        cartel=language.cartel(note.cartel),
        level=f"{note.amount:g}",
    )
