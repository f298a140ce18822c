"""Where things lie and how large they may be: defaults < regionsok.toml < REGIONSOK_* < options, read once."""

import os
import tomllib
from collections.abc import Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Any, get_type_hints

import msgspec

from indexer.faults import Fault

ENGINES = ("auto", "tantivy", "whoosh", "opensearch")

_Host = Annotated[str, msgspec.Meta(pattern="^https?://[^/]")]


class SettingsError(Fault):
    """A setting that cannot be used; the message is one Swedish sentence that names it."""


class Settings(msgspec.Struct, frozen=True):
    """All that a command needs to know about its surroundings. Sizes are in bytes."""

    corpus: Path = Path("corpus")
    index: Path = Path("index")
    engine: str = "auto"
    host: str = "127.0.0.1"
    port: int = 8000
    processes: int = 0
    """How many answer; 0: one for each core that may be used."""
    document_bytes: int = 20_000_000
    """The largest single text or page that is read; regional reports are up to 4 MB (FINDINGS 6)."""
    public_operator: str = ""
    """Who runs a service that others reach, and answers for it: `operator` in [public]."""
    public_contact: str = ""
    """The e-mail address or web address to reach them: `contact` in [public]."""
    public_requests_per_minute: int = 0
    """Most that one client may ask of the faces for programs; 0: any number. `requests_per_minute` in [public]."""
    public_trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks of the proxies that are believed: `trusted_proxies` in [public]."""
    public_sitemap: bool = False
    """Whether search engines are told of every document: `sitemap` in [public]."""
    public_login_header: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9-]*$")] = ""
    """The header in which a trusted proxy says who has logged in there, and may correct documents: `login_header` in [public]."""
    opensearch_hosts: Annotated[tuple[_Host, ...], msgspec.Meta(min_length=1)] = ("http://127.0.0.1:9200",)
    """Addresses of a cluster's nodes, for the engine opensearch: `hosts` in [opensearch], as the five that follow."""
    opensearch_user: str = ""
    opensearch_password_file: Path | None = None
    """A file with the password alone: a secret stands in no setting."""
    opensearch_api_key_file: Path | None = None
    """Instead of user and password."""
    opensearch_ca: Path | None = None
    """Certificates that a cluster's own must be signed by, else those that the system trusts."""
    opensearch_prefix: str = "regionsok"
    """What the names of all that is ours in the cluster begin with."""
    log_access: bool = False
    """Whether each request is told of, as a line of JSON: `access` in [log], as the three that follow."""
    log_file: Path | None = None
    """Where; without it on standard output."""
    log_addresses: bool = False
    """Whether with the address that asked; not together with questions."""
    log_questions: bool = False
    """Whether with what was asked, and how much was found."""
    metrics_public: bool = False
    """Whether everybody may read /metrics: `public` in [metrics]."""
    rights: dict[str, str] = {}
    """Source -> one of documents.RIGHTS, for documents that do not say themselves: [rights]."""
    synonyms: Path | None = None
    """A file of groups of synonyms, added to the project's own: a group a line, its members between =."""
    sources: Path = Path("sources")
    """The folder of the sources that are crawled."""
    crawl_contact: str = ""
    """How those who own a site reach whoever crawls it; must be stated before the first crawl."""
    crawl_pages: int = 2_000
    """Of one source in one crawl, as the three that follow."""
    crawl_bytes: int = 500_000_000
    crawl_depth: int = 5
    """Pages from a start page; what a feed or sitemap lists is one page away."""
    crawl_seconds: int = 3_600
    commit_every: int = 5_000
    """Documents between two commits: some seconds of work that a kill can cost."""

    @property
    def public(self) -> bool:
        """Whether [public] says that others reach the service."""
        return bool(self.public_operator or self.public_contact or self.public_login_header)


def load_settings(config: Path | None = None, environ: Mapping[str, str] = os.environ, **options: object) -> Settings:
    """The settings in force; options that are None were not given.

    Raises SettingsError for an unreadable file, an unknown name or a value of the wrong kind.
    """
    types = get_type_hints(Settings, include_extras=True)
    given = _from_file(config)
    if unknown := given.keys() - types.keys():
        raise SettingsError(f"Inställningen {min(unknown)!r} finns inte; de som finns är {', '.join(types)}.")
    variables = {name: environ.get(f"REGIONSOK_{name.upper()}") for name in types}
    given |= {name: value for name, value in (*variables.items(), *options.items()) if value is not None}
    settings = Settings(**{name: _converted(name, value, types[name]) for name, value in given.items()})
    if settings.engine not in ENGINES:
        raise SettingsError(f"Motorn {settings.engine!r} finns inte; välj en av {', '.join(ENGINES)}.")
    return settings


def _from_file(config: Path | None) -> dict[str, object]:
    path = config or Path("regionsok.toml")
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8") if config or path.exists() else "")
        # The name of a setting in one of them begins here with that of the table.
        tables = {name: dict(given.pop(name)) for name in ("public", "opensearch", "log", "metrics") if name in given}
    except (OSError, ValueError, TypeError) as error:
        raise SettingsError(f"Inställningsfilen {path} går inte att läsa: {error}.") from error
    if "public" in tables and not any(tables["public"].values()):
        raise SettingsError(f"[public] i {path} är tom; ange operator och contact, eller ta bort den.")
    return given | {f"{table}_{name}": value for table, values in tables.items() for name, value in values.items()}


def _converted(name: str, value: Any, kind: Any) -> Any:
    try:
        if name == "public_trusted_proxies":
            all(map(ip_network, value))
        return msgspec.convert(value, kind, strict=False, dec_hook=lambda _, path: Path(path))
    except (msgspec.ValidationError, TypeError, ValueError) as error:
        raise SettingsError(f"Inställningen {name} kan inte vara {value!r}.") from error
