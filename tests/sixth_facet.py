"""A process where the table of facets has one entry more, and what each face then says. Nothing else is changed.

python -m tests.sixth_facet CORPUS INDEX
"""

import json
import sys
from pathlib import Path

from indexer.facets import FACETS, UNKNOWN, Facet

LANGUAGE = Facet(
    name="language",
    word="språk",
    noun="Språket",
    phrase="på språket",
    values_of=lambda document: (document.language or UNKNOWN,),
    read=lambda typed: typed if typed in ("sv", "en", UNKNOWN) else None,
    refusal="finns inte; skriv sv eller en.",
    examples=lambda: ("sv", "en"),
    label_of=lambda language: {"sv": "Svenska", "en": "Engelska"}[language],
    unknown="Okänt språk",
)


def main() -> None:
    """Print what the faces say, as one JSON value. Only here is the table changed: whoever collects tests imports this file too."""
    FACETS["language"] = LANGUAGE
    from click.testing import CliRunner

    from indexer import Settings, build
    from indexer.cli import cli
    from webapp import create_app

    settings = Settings(corpus=Path(sys.argv[1]), index=Path(sys.argv[2]))
    build(settings)
    client = create_app(settings).test_client()
    folders = ["--corpus", str(settings.corpus), "--index", str(settings.index)]

    def command(*arguments: str) -> str:
        return CliRunner().invoke(cli, ["search", *arguments]).output

    answers = {
        "help": command("--help"),
        "option": command("", "--language", "en", "--json", *folders),
        "lines": command("", *folders),
        "json": client.get("/sok.json").text,
        "address": client.get("/sok.json?sprak=en").text,
        "question": client.get("/sok.json?q=vätgas+språk:okänt").text,
        "inside": client.get("/sok.json?q=vätgas+ELLER+språk:en").text,
        "unreadable": client.get("/sok.json?sprak=latin").text,
        "unread": client.get("/sok.json?q=språk:latin").text,
        "page": client.get("/sok?sprak=sv").text,
        "mend": client.get("/sok?sprak=latin").text,
        "help page": client.get("/hjalp").text,
    }
    print(json.dumps(answers))


if __name__ == "__main__":
    main()
