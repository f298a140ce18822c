"""Why a word of a text has its term, as a Swedish sentence; asked for only when it is shown."""

from indexer.swedish.lexemes import is_name, lexeme_of
from indexer.swedish.lists import word_list
from indexer.swedish.sentences import listed
from indexer.swedish.words import model_of


def reason_of(form: str, term: str, readings: tuple[str, ...] = ()) -> str:
    """What tells the term of a form.

    >>> reason_of("länkar", "länk", ("länka",))
    'ordboken: form av länk; kan också vara form av länka'
    >>> reason_of("las", "LAS"), reason_of("mora", "mora"), reason_of("ska", "ska")
    ('förkortning, skild från ordet av versalerna', 'namn', 'formord: ett ord för sig')
    >>> reason_of("finlandsfärjor", "finlandsfärja"), reason_of("kvaddlan", "kvaddlan")
    ('okänt ord, böjt som färja', 'okänt ord: söks som det står')
    """
    if term != term.lower():
        if term[1:].islower():
            return "namn, skilt från ordet av versalen"
        return "förkortning, skild från ordet av versalerna"
    if form in word_list("closed_class"):
        return "formord: ett ord för sig"
    if is_name(form):
        return "namn" if form == term else f"namn: form av {term.capitalize()}"
    if lexeme_of(form):
        told = "ordboken: grundform" if form == term else f"ordboken: form av {term}"
        return f"{told}; kan också vara form av {listed(readings, 'eller')}" if readings else told
    if model := model_of(form):
        return f"okänt ord, böjt som {model}"
    return "okänt ord: söks som det står" if form == term else "okänt ord: söks på stammen"
