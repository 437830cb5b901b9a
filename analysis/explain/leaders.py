"""Who led a place, what came with each change of lead, and one cartel there, in words."""

from __future__ import annotations

from itertools import groupby, pairwise

import pandas as pd

from plazas.analysis.explain import facts, notes
from plazas.analysis.explain.facts import Flip, Moves, Reign
from plazas.analysis.explain.language import Language, Section, sentence
from plazas.analysis.explain.saved import Saved

BRIEF = pd.DateOffset(months=6)  # a reign that is shorter is described together with its neighbours
MOST_FLIPS = 4
LEAST_PART = 0.05  # of the gap between two cartels, from which a part of it is named apart
REST = "rest"


def who_led(reigns: list[Reign], language: Language, year: int | None) -> Section:
    """Describe the reigns, or those of one year."""
    texts: list[str] = []
    chosen = [reign for reign in reigns if year is None or _in_year(reign, year)]
    for brief, group in groupby(chosen, key=_is_brief):
        turns = list(group)
        if brief and len(turns) > 1:
            who = list(dict.fromkeys(turn.cartel for turn in turns))
            began, ended = turns[0].began, turns[-1].ended
            texts.append(
                language.say("ping-pong", n=len(turns), began=began, ended=ended, cartels=who)
            )
        else:
            texts += [language.say(_key(turn), **turn._asdict()) for turn in turns]
    if len(reigns) == 1:
        texts.append(language.say("never flipped"))
    return Section(language.say("who led"), tuple(texts))


def _in_year(reign: Reign, year: int) -> bool:
    return reign.began.year <= year and (reign.ended is None or reign.ended.year >= year)


def _is_brief(reign: Reign) -> bool:
    return reign.ended is not None and reign.ended < reign.began + BRIEF


def _key(reign: Reign) -> str:
    """Return the key of the text for a reign."""
    if reign.cartel is None:
        return "reign of nobody"
    return "reign" if reign.ended is not None else "reign to the end"


def flips(
    saved: Saved, reigns: list[Reign], language: Language, year: int | None, cartel: str | None
) -> Section:
    """Describe what came with the changes of lead that lasted longest, in their order."""
    heading = language.say("why flipped")
    turns = [
        (before, after)
        for before, after in pairwise(reigns)
        if cartel is None or cartel in (before.cartel, after.cartel)
    ]
    if year is not None:
        turns = [pair for pair in turns if pair[1].began.year <= year]
        within = [pair for pair in turns if pair[1].began.year == year]
        turns = within or turns[-1:]
    if not turns:
        key = "never flipped" if cartel is None else "no flip of it"
        return Section(heading, (sentence(language.say(key, cartel=cartel)),))

    def lasted(pair: tuple[Reign, Reign]) -> pd.Timedelta:
        return (pair[1].ended or saved.months[-1]) - pair[1].began

    lasting = sorted(turns, key=lasted, reverse=True)[:MOST_FLIPS]
    return Section(
        heading,
        tuple(
            _flip(saved, language, facts.flip(saved, after.cartel, before.cartel, after.began))
            for before, after in turns
            if (before, after) in lasting
        ),
    )


def _flip(saved: Saved, language: Language, flip: Flip) -> str:
    new, old = flip.new.cartel, flip.old.cartel
    kind = "flip from nobody" if old is None else "flip to nobody" if new is None else "flip"
    texts = [language.say(kind, flip=flip)]
    if kind == "flip":
        texts.append(language.say("gap", gap=flip.gap, parts=_gap(language, flip)))
    texts += _joined(language, new, flip.new.moves)
    texts += _left(language, old, flip.old.moves)
    texts += [language.say("faction", faction=part, cartel=old) for part in flip.factions]
    if flip.notes:
        dated = notes.text(saved.name, language, flip.notes)
        texts.append(language.say("before flip", notes=dated))
    return " ".join(sentence(text) for text in texts)


def _gap(language: Language, flip: Flip) -> list[str]:
    """Describe what moved the gap between the two, most first; small parts go with the rest."""
    least = LEAST_PART * abs(flip.gap)
    parts = {key: n for key, n in flip.parts.items() if key != REST and n and abs(n) >= least}
    order = sorted(parts, key=lambda key: -abs(parts[key]))
    rest = language.say(f"part {REST}", m=flip.gap - sum(parts.values()))
    return [*(part(language, flip, key) for key in order), rest]


def part(language: Language, flip: Flip, key: str) -> str:
    """Describe one of the parts of the gap between two cartels."""
    new, old = flip.new.cartel, flip.old.cartel
    return language.say(f"part {key}", m=flip.parts[key], new=new, old=old)


def _joined(language: Language, cartel: str | None, moves: Moves) -> list[str]:
    """Describe the gangs that joined a cartel, and its new cells."""
    texts = _gangs(language, "joined", "former", cartel, moves.joined)
    n, m = moves.cells
    return texts + ([language.say("cells", n=n, m=m, cartel=cartel)] if n else [])


def _left(language: Language, cartel: str | None, moves: Moves) -> list[str]:
    return _gangs(language, "left", "to", cartel, moves.left)


def _gangs(
    language: Language,
    verb: str,
    way: str,
    cartel: str | None,
    counts: dict[str | None, facts.Count],
) -> list[str]:
    """Describe how many gangs joined or left, by whom they served before or serve now."""
    n, m = facts.total(counts)
    formers = [
        language.say(way if key is not None else f"{way} nobody", n=item.gangs, cartel=key)
        for key, item in counts.items()
    ]
    return [language.say(verb, n=n, m=m, cartel=cartel, formers=formers)] if n else []


def of_cartel(saved: Saved, language: Language, key: str) -> Section:
    """Describe how one cartel came to the place and what share it had there."""
    say = language.say
    heading = sentence(say("the cartel", cartel=key))
    if key not in saved.heads or not saved.heads[key].any():
        return Section(heading, (say("cartel never"),))

    def at(month: int) -> dict[str, object]:
        return {
            "month": saved.months[month],
            "members": saved.members(key, month),
            "share": saved.share(key, month),
        }

    first = int((saved.heads[key] > 0).to_numpy().argmax())
    last = at(len(saved.months) - 1)
    most = at(int(saved.shares[key].to_numpy().argmax()))
    moves = facts.moves(saved, key, saved.months[0], pd.Timestamp(saved.scenario.stop))
    texts = [
        say("cartel came" if first else "cartel arrived", **at(first)),
        say("cartel most", most=most, last=last),
        *_joined(language, key, moves),
        *_left(language, key, moves),
    ]
    return Section(heading, (" ".join(sentence(text) for text in texts),))
