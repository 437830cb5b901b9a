"""How a language writes names, numbers and dates, and fills in its texts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import pandas as pd

from plazas.analysis.experiment.text import number
from plazas.analysis.explain.texts import TEXTS
from plazas.model.errors import UserError, unknown

LANGUAGES = ("en", "es")

LEVERS: dict[str, tuple[str, str]] = {
    "arrests": ("arrests", "las detenciones"),
    "confrontation": ("confrontation by the forces", "el enfrentamiento de las fuerzas"),
    "kingpin": ("the hunt for leaders", "la caza de líderes"),
    "prevention": ("prevention", "la prevención"),
    "rehabilitation": ("rehabilitation", "la rehabilitación"),
    "southbound_guns": ("guns flowing south", "las armas que van al sur"),
    "anti_corruption": ("the fight against corruption", "el combate a la corrupción"),
    "us_roundup": ("round-ups in the United States", "las redadas en Estados Unidos"),
    "extradition": ("extradition", "la extradición"),
    "protection": ("protection of officials", "la protección de funcionarios"),
    "tolerance": ("tolerance", "la tolerancia"),
    "focus": ("arrests aimed at the most violent", "las detenciones de los más violentos"),
    "drug_revenue": ("drug revenue", "los ingresos por drogas"),
    "force": ("forces deployed", "las fuerzas desplegadas"),
}

#: the cartels of the shipped countries in running text, by key
NAMES: dict[str, tuple[str, str]] = {
    "sinaloa": ("the Sinaloa Cartel", "el Cártel de Sinaloa"),
    "zetas": ("Los Zetas", "Los Zetas"),
    "gulf": ("the Gulf Cartel", "el Cártel del Golfo"),
    "la_familia": ("La Familia Michoacana", "La Familia Michoacana"),
    "beltran_leyva": ("the Beltrán Leyva Organisation", "la Organización Beltrán Leyva"),
    "juarez": ("the Juárez Cartel", "el Cártel de Juárez"),
    "tijuana": ("the Tijuana Cartel", "el Cártel de Tijuana"),
    "cjng": (
        "the Jalisco New Generation Cartel",
        "el Cártel Jalisco Nueva Generación",
    ),
    "bl_south": (
        "the southern faction of Beltrán Leyva",
        "la facción del sur de los Beltrán Leyva",
    ),
    "tijuana_breakaway": (
        "the breakaway faction of Tijuana",
        "la facción disidente de Tijuana",
    ),
    "la_resistencia": ("La Resistencia", "La Resistencia"),
    "lantern": ("The Lantern", "La Linterna"),
    "anvil": ("The Anvil", "El Yunque"),
    "tide": ("The Tide", "La Marea"),
    "ember": ("The Ember", "La Brasa"),
}
RISEN = ", local group "  #: in the name of a cartel that rose during the run, after its place
LOCAL_GROUP = ("local group {number} of {place}", "el grupo local {number} de {place}")
FACTION = ("faction {number} of {root}", "la facción {number} de {root}")
NOBODY = ("no cartel", "ningún cártel")
AND = (" and ", " y ")
SPANISH_MONTHS = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)
#: prepositions and articles that Spanish draws together
CONTRACTIONS = ((" de el ", " del "), (" a el ", " al "))


@dataclass(frozen=True)
class Language:
    """One of the languages: texts, names, numbers and dates in it.

    ``names`` are those of the run's cartels by key, for cartels that the tables do not know.
    """

    code: str
    names: dict[str, str]

    def __post_init__(self) -> None:
        if self.code not in LANGUAGES:
            raise UserError(unknown("language", self.code, LANGUAGES))

    @property
    def row(self) -> int:
        """Return which of a pair of texts is this language's."""
        return LANGUAGES.index(self.code)

    def say(self, key: str, **parts: Any) -> str:
        """Return a text with its parts filled in, as a sentence or a part of one.

        ``n``, a number, chooses the form and is written as numbers are.
        """
        one = f"{key}.one"
        if "n" in parts:
            key = one if parts["n"] == 1 and one in TEXTS else key
            parts["n"] = number(parts["n"])
        return self._joined(TEXTS[key][self.row].format(**parts))

    def cartel(self, key: str | None) -> str:
        """Return the name of a cartel in running text; nobody's is ``no cartel``."""
        if key is None:
            return NOBODY[self.row]
        root, _, number = key.partition("/")
        if number and root in self.names:
            return self._joined(FACTION[self.row].format(number=number, root=self.cartel(root)))
        place, risen, number = self.names[key].partition(RISEN)
        if risen:
            return LOCAL_GROUP[self.row].format(number=number, place=place)
        return NAMES[key][self.row] if key in NAMES else self.names[key]

    def members(self, n: float) -> str:
        """Return a number of members in words."""
        return self.say("members", n=round(n))

    def event(
        self, kind: str, cartel: str | None, other: str | None, amount: float, place: str
    ) -> str:
        """Return what an event of the log says; ``place`` is a name."""
        ending = ""
        if kind in ("absorbed", "rise") and other is None:
            ending = " new"
        elif kind == "flip":
            ending = " gone" if cartel is None else " new" if other is None else ""
        return self.say(
            f"event {kind}{ending}",
            cartel=self.cartel(cartel),
            other=self.cartel(other),
            m=self.members(amount),
            place=place,
        )

    def lever(self, name: str) -> str:
        """Return what a lever is called."""
        return LEVERS[name][self.row]

    def listed(self, texts: list[str]) -> str:
        """Return texts as a list in a sentence."""
        if len(texts) < 2:
            return "".join(texts)
        return f"{', '.join(texts[:-1])}{AND[self.row]}{texts[-1]}"

    def day(self, when: date | pd.Timestamp) -> str:
        """Return a date as 1 December 2018."""
        return f"{when.day} {self._of}{self.month(when)}"

    def month(self, when: date | pd.Timestamp) -> str:
        """Return a month as December 2018."""
        if self.code == "es":
            return f"{SPANISH_MONTHS[when.month - 1]} de {when.year}"
        return f"{when:%B %Y}"

    @property
    def _of(self) -> str:
        return "de " if self.code == "es" else ""

    def _joined(self, text: str) -> str:
        if self.code == "es":
            for apart, joined in CONTRACTIONS:
                text = text.replace(apart, joined)
        return text


def sentence(text: str) -> str:
    """Return a text with a capital at its beginning."""
    return text[:1].upper() + text[1:]


def count(value: float) -> str:
    """Return a number of persons; both languages write it alike, as Mexico does."""
    return number(value)


def percent(share: float) -> str:
    """Return a share as percent."""
    return f"{number(100.0 * share)}\N{NO-BREAK SPACE}%"


def decimal(value: float, decimals: int = 2) -> str:
    """Return a number with decimals."""
    return number(value, decimals)
