"""Every text of an explanation, in English and Spanish.

A text in which something is counted by ``{n}`` may have a form for one (``.one``). Names of cartels
bear their article, so Spanish joins it with the preposition before it (see ``language``).
"""

#: English, Spanish
TEXTS: dict[str, tuple[str, str]] = {
    # --- the frame
    "title": (
        "{state} in {scenario!r} (seed {seed}, replicate {replicate})",
        "{state} en {scenario!r} (semilla {seed}, réplica {replicate})",
    ),
    "intro": (
        "One run of a model, told from its event log and its monthly series. It is no history of "
        "{state}: another replicate tells another story.",
        "Una corrida de un modelo, contada a partir de su registro de sucesos y de sus series "
        "mensuales. No es la historia de {state}: otra réplica cuenta otra cosa.",
    ),
    "in short": ("In short", "En breve"),
    "who led": ("Who led", "Quién dominaba"),
    "why flipped": ("What came with the change of lead", "Qué acompañó el cambio de dominio"),
    "when bled": ("When it bled", "Cuándo corrió más sangre"),
    "the cartel": ("{cartel} here", "{cartel} aquí"),
    "doubt": ("What this cannot tell", "Lo que esto no puede decir"),
    "doubt text": (
        "What is listed came before or together with what it stands beside; a single run does not "
        "show what caused what. To ask that, change one thing, run the same seed again and see "
        "where the two runs part: plazas explain RUN --state {state!r} --against OTHER.",
        "Lo que se enumera ocurrió antes de aquello junto a lo que aparece, o al mismo tiempo; una "
        "sola corrida no muestra qué causó qué. Para preguntarlo hay que cambiar una sola cosa, "
        "correr otra vez la misma semilla y ver dónde se separan las dos corridas: plazas explain "
        "CORRIDA --state {state!r} --against OTRA.",
    ),
    # --- in short
    "short lead": (
        "The lead changed hands {n} times; since {date} it is with {cartel}.",
        "El dominio cambió de manos {n} veces; desde el {date} lo tiene {cartel}.",
    ),
    "short lead.one": (
        "The lead changed hands once, on {date}, to {cartel}.",
        "El dominio cambió de manos una vez, el {date}, a {cartel}.",
    ),
    "short with": (
        "What moved it most: {part}.",
        "Lo que más lo movió: {part}.",
    ),
    "short bled": (
        "{year} bled most: {ratio} times its mean of homicides, with friction at {friction} (mean "
        "{mean}).",
        "{year} fue el año más sangriento: {ratio} veces su promedio de homicidios, con la "
        "fricción en {friction} (promedio {mean}).",
    ),
    "short war": (
        "The war that weighed most that year was that of {one} ({share} of the cartel members "
        "there) and {other} ({share_other}).",
        "La guerra que más pesó ese año fue la de {one} ({share} de los integrantes de cárteles "
        "allí) y {other} ({share_other}).",
    ),
    # --- who led
    "reign": (
        "From {began}: {cartel} ({first} of the cartel members there then, {last} when it ended).",
        "Desde el {began}: {cartel} ({first} de los integrantes de cárteles en ese momento, {last} "
        "al terminar).",
    ),
    "reign to the end": (
        "From {began} to the end of the run: {cartel} ({first} of the cartel members there then, "
        "{last} in the last month).",
        "Desde el {began} hasta el final de la corrida: {cartel} ({first} de los integrantes de "
        "cárteles en ese momento, {last} en el último mes).",
    ),
    "reign of nobody": ("From {began}: no cartel.", "Desde el {began}: ningún cártel."),
    "ping-pong": (
        "From {began} to {ended} the lead changed hands {n} times, among {cartels}.",
        "Del {began} al {ended} el dominio cambió de manos {n} veces, entre {cartels}.",
    ),
    "never flipped": (
        "The lead never changed hands.",
        "El dominio nunca cambió de manos.",
    ),
    "no flip of it": (
        "The lead here never went to {cartel} nor from it.",
        "Aquí el dominio nunca pasó a {cartel} ni dejó de ser suyo.",
    ),
    # --- a flip
    "flip": (
        "{date}: from {old} to {new}. Members since {since}: {new} from {a0} to {a1} ({sa0} to "
        "{sa1} of those of cartels), {old} from {b0} to {b1} ({sb0} to {sb1}).",
        "{date}: de {old} a {new}. Integrantes desde {since}: {new} de {a0} a {a1} (de {sa0} a "
        "{sa1} de los de cárteles), {old} de {b0} a {b1} (de {sb0} a {sb1}).",
    ),
    "flip from nobody": (
        "{date}: to {new}, where no cartel had led; members at that time: {a1}.",
        "{date}: a {new}, donde ningún cártel dominaba; integrantes en ese momento: {a1}.",
    ),
    "flip to nobody": (
        "{date}: from {old} to no cartel. Members of {old} since {since}: from {b0} to {b1}.",
        "{date}: de {old} a ningún cártel. Integrantes de {old} desde {since}: de {b0} a {b1}.",
    ),
    "gap": (
        "The distance between the two thus moved by {gap} members: {parts}.",
        "La distancia entre ambos se movió así {gap} integrantes: {parts}.",
    ),
    "part joined": (
        "{m} with gangs that joined {new}",
        "{m} con pandillas que se unieron a {new}",
    ),
    "part crossed": (
        "{m} with gangs that went over from one to the other (they count for both)",
        "{m} con pandillas que pasaron de uno a otro (cuentan para ambos)",
    ),
    "part cells": (
        "{m} with cells that the two founded there",
        "{m} con células que ambos fundaron allí",
    ),
    "part split": (
        "{m} with what broke away from {old}",
        "{m} con lo que se separó de {old}",
    ),
    "part risen": (
        "{m} with gangs that federated into one of them",
        "{m} con pandillas que se federaron en uno de ellos",
    ),
    "part left": (
        "{m} with gangs that left {old} for others or for nobody",
        "{m} con pandillas que dejaron a {old} por otros o por nadie",
    ),
    "part lost": (
        "{m} with gangs that left {new} for others or for nobody",
        "{m} con pandillas que dejaron a {new} por otros o por nadie",
    ),
    "part won": (
        "{m} with gangs that joined {old}",
        "{m} con pandillas que se unieron a {old}",
    ),
    "part rest": (
        "{m} with all else (recruits, deaths, arrests, gangs set adrift), which the log does not "
        "count by state",
        "{m} con todo lo demás (reclutas, muertes, detenciones, pandillas a la deriva), que el "
        "registro no cuenta por estado",
    ),
    "joined": (
        "{n} gangs with {m} joined {cartel}: {formers}.",
        "{n} pandillas con {m} se unieron a {cartel}: {formers}.",
    ),
    "joined.one": (
        "One gang with {m} joined {cartel}: {formers}.",
        "Una pandilla con {m} se unió a {cartel}: {formers}.",
    ),
    "former": ("{n} from {cartel}", "{n} de {cartel}"),
    "former nobody": ("{n} unaffiliated before", "{n} sin afiliación antes"),
    "left": (
        "{n} gangs with {m} left {cartel}: {formers}.",
        "{n} pandillas con {m} dejaron a {cartel}: {formers}.",
    ),
    "left.one": (
        "One gang with {m} left {cartel}: {formers}.",
        "Una pandilla con {m} dejó a {cartel}: {formers}.",
    ),
    "to": ("{n} for {cartel}", "{n} por {cartel}"),
    "to nobody": ("{n} to serve nobody", "{n} para no servir a nadie"),
    "cells": (
        "New cells of {cartel} there: {n}, with {m}.",
        "Células nuevas de {cartel} allí: {n}, con {m}.",
    ),
    "faction": (
        "{faction} broke away from {cartel} on {date}; a month later it had {m} there.",
        "{faction} se separó de {cartel} el {date}; un mes después tenía allí {m}.",
    ),
    "before flip": (
        "In those months also: {notes}.",
        "En esos meses, además: {notes}.",
    ),
    # --- how a year went
    "mean year": (
        "Homicides there averaged {mean} a year over {first}-{last}.",
        "Los homicidios promediaron allí {mean} al año en {first}-{last}.",
    ),
    "no full year": (
        "No calendar year was run in full, so no year can be compared with another.",
        "Ningún año calendario se corrió completo, así que no se puede comparar uno con otro.",
    ),
    "bloodiest": (
        "The bloodiest: {years}.",
        "Los más sangrientos: {years}.",
    ),
    "none stands out": (
        "No year stands out; the highest is {years}.",
        "Ningún año sobresale; el más alto es {years}.",
    ),
    "bloody year": (
        "{year} ({homicides}, {ratio} times its own mean)",
        "{year} ({homicides}, {ratio} veces su propio promedio)",
    ),
    "year toll": (
        "Homicides in {year}: {homicides}, {ratio} times its own mean; in the whole country the "
        "year stood at {nation} times its mean. Members of cartels and gangs killed by rivals: "
        "{rivals}; by the armed forces: {force}. Officials killed: {officials}. All others "
        "(bystanders, and homicides unrelated to cartels): {others}.",
        "Homicidios en {year}: {homicides}, {ratio} veces su propio promedio; en todo el país el "
        "año estuvo en {nation} veces su promedio. Integrantes de cárteles y pandillas muertos a "
        "manos de rivales: {rivals}; a manos de las fuerzas armadas: {force}. Funcionarios "
        "muertos: {officials}. Todos los demás (personas ajenas y homicidios sin relación con "
        "cárteles): {others}.",
    ),
    "year contest": (
        "How contested it was: friction {friction} (0 a monopoly, 1 two equals at open war), after "
        "{friction_before} the year before and against its own mean of {friction_mean}; 1 - HHI of "
        "the shares {contest} (mean {contest_mean}). There stood {shares}. Cartel members went "
        "from {m0} to {m1}.",
        "Qué tan disputado estaba: fricción {friction} (0 un monopolio, 1 dos iguales en guerra "
        "abierta), tras {friction_before} el año anterior y frente a su propio promedio de "
        "{friction_mean}; 1 - HHI de las cuotas {contest} (promedio {contest_mean}). Estaban allí "
        "{shares}. Los integrantes de cárteles pasaron de {m0} a {m1}.",
    ),
    "year contest first": (
        "How contested it was: friction {friction} (0 a monopoly, 1 two equals at open war; its "
        "own mean {friction_mean}); 1 - HHI of the shares {contest} (mean {contest_mean}). There "
        "stood {shares}. Cartel members went from {m0} to {m1}.",
        "Qué tan disputado estaba: fricción {friction} (0 un monopolio, 1 dos iguales en guerra "
        "abierta; su propio promedio {friction_mean}); 1 - HHI de las cuotas {contest} (promedio "
        "{contest_mean}). Estaban allí {shares}. Los integrantes de cárteles pasaron de {m0} a "
        "{m1}.",
    ),
    "year empty": (
        "No cartel had a share worth naming there.",
        "Ningún cártel tenía allí una cuota digna de mención.",
    ),
    "share": ("{cartel} with {share}", "{cartel} con {share}"),
    "year wars": ("At war there: {wars}.", "En guerra allí: {wars}."),
    "year wars and more": (
        "At war there: {wars}; {n} lesser wars beside.",
        "En guerra allí: {wars}; además {n} guerras menores.",
    ),
    "year wars and more.one": (
        "At war there: {wars}; one lesser war beside.",
        "En guerra allí: {wars}; además una guerra menor.",
    ),
    "no war": (
        "No two cartels that counted there were at war.",
        "No había guerra entre dos cárteles de peso allí.",
    ),
    "war here": (
        "{one} ({share}) and {other} ({share_other}), {since}, {n} months of the year",
        "{one} ({share}) y {other} ({share_other}), {since}, {n} meses del año",
    ),
    "war here.one": (
        "{one} ({share}) and {other} ({share_other}), {since}, one month of the year",
        "{one} ({share}) y {other} ({share_other}), {since}, un mes del año",
    ),
    "war of old": ("from before the run began", "desde antes de que empezara la corrida"),
    "war since": ("since {date}", "desde el {date}"),
    "year joined": (
        "{n} gangs with {m} joined cartels there.",
        "{n} pandillas con {m} se unieron allí a cárteles.",
    ),
    "year joined.one": (
        "One gang with {m} joined a cartel there.",
        "Una pandilla con {m} se unió allí a un cártel.",
    ),
    "year before": (
        "What came before, in {before}: {notes}.",
        "Lo que vino antes, en {before}: {notes}.",
    ),
    "year within": ("What came in {year} itself: {notes}.", "Lo que ocurrió en {year}: {notes}."),
    "and more": ("and {n} of less weight", "y {n} de menor peso"),
    # --- one cartel in the state
    "cartel arrived": (
        "It had members there from the first month on ({m0}, {s0} of those of cartels).",
        "Hubo integrantes suyos allí desde el primer mes ({m0}, {s0} de los de cárteles).",
    ),
    "cartel came": (
        "It first had members there in {month} ({m0}, {s0} of those of cartels).",
        "Hubo integrantes suyos allí por primera vez en {month} ({m0}, {s0} de los de cárteles).",
    ),
    "cartel never": (
        "It never had members there.",
        "Nunca hubo integrantes suyos allí.",
    ),
    "cartel most": (
        "Its share was highest in {month}: {share}, with {m}; in the last month {s1}, with {m1}.",
        "Su cuota fue más alta en {month}: {share}, con {m}; en el último mes {s1}, con {m1}.",
    ),
    # --- events
    "event policy": (
        "{lever} set to {level}",
        "el nivel de {lever} pasó a {level}",
    ),
    "event policy aimed": (
        "{lever} against {cartel} set to {level}",
        "el nivel de {lever} contra {cartel} pasó a {level}",
    ),
    # --- where two runs part
    "parting title": (
        "{state}: where {a} and {b} part",
        "{state}: dónde se separan {a} y {b}",
    ),
    "parting intro": (
        "Two runs of a model with the same seed ({seed}) and replicate ({replicate}): they share "
        "every draw that they do not themselves change.",
        "Dos corridas de un modelo con la misma semilla ({seed}) y la misma réplica ({replicate}): "
        "comparten todo el azar que ellas mismas no cambian.",
    ),
    "other parameters": (
        "Their parameters differ: {names}.",
        "Sus parámetros difieren: {names}.",
    ),
    "first difference": ("The first difference", "La primera diferencia"),
    "what follows": ("What follows", "Lo que sigue"),
    "never part": (
        "Their logs and their series in {state} are the same to the end.",
        "Sus registros y sus series en {state} son iguales hasta el final.",
    ),
    "parts anywhere": (
        "In the whole country the logs first differ in the week of {date}: {what}.",
        "En todo el país los registros difieren por primera vez en la semana del {date}: {what}.",
    ),
    "parts nowhere": (
        "In the whole country the logs never differ.",
        "En todo el país los registros no difieren nunca.",
    ),
    "parts here": (
        "In {state} the logs first differ in the week of {date}: {what}.",
        "En {state} los registros difieren por primera vez en la semana del {date}: {what}.",
    ),
    "parts never here": (
        "In {state} the logs never differ.",
        "En {state} los registros no difieren nunca.",
    ),
    "parts in numbers": (
        "The monthly series of {state} first differ in {month}.",
        "Las series mensuales de {state} difieren por primera vez en {month}.",
    ),
    "parts in kind": (
        "The first difference that is more than a single gang's: in the week of {date}, {what}.",
        "La primera diferencia que es más que de una sola pandilla: en la semana del {date}, "
        "{what}.",
    ),
    "parts in lead": (
        "The lead in {state} first differs in the week of {date}: {what}.",
        "El dominio en {state} difiere por primera vez en la semana del {date}: {what}.",
    ),
    "same lead": (
        "The lead in {state} changes alike in both.",
        "El dominio en {state} cambia igual en ambas.",
    ),
    "only in": ("only in {run}, {events}", "solo en {run}, {events}"),
    "afterwards": (
        "Homicides in {state} from then to the end: {ha} in {a}, {hb} in {b} ({difference}).",
        "Homicidios en {state} desde entonces hasta el final: {ha} en {a}, {hb} en {b} "
        "({difference}).",
    ),
    "leaders at end": (
        "The largest in the last month: {la} in {a} ({sa} of the cartel members there), {lb} in "
        "{b} ({sb}).",
        "El mayor en el último mes: {la} en {a} ({sa} de los integrantes de cárteles allí), {lb} "
        "en {b} ({sb}).",
    ),
    "flips only": (
        "Changes of lead in {state}: {fa} in {a}, {fb} in {b}.",
        "Cambios de dominio en {state}: {fa} en {a}, {fb} en {b}.",
    ),
    "parting doubt": (
        "What differs follows from what the two were given differently, by way of all that came "
        "between. It is one pair of runs: how large an effect is, only many pairs can tell "
        "(plazas compare).",
        "Lo que difiere se sigue de lo que se les dio distinto, a través de todo lo que vino en "
        "medio. Es un solo par de corridas: qué tan grande es un efecto, solo muchos pares pueden "
        "decirlo (plazas compare).",
    ),
}
