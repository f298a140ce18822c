"""A searcher for the tests of the web face: it answers as told, in the real shapes."""

from bs4 import BeautifulSoup
from msgspec.structs import replace

from indexer import address
from indexer.addresses import toggled
from indexer.documents import Document
from indexer.engines import Counts
from indexer.facets import UNKNOWN
from indexer.metadata.dates import Dated
from indexer.metadata.kinds import KINDS
from indexer.metadata.regions import Region
from indexer.queries import Filters
from indexer.results import FacetValue, Hit, Place, Results, Snippet
from indexer.searching.following import Following
from indexer.settings import Settings
from webapp import create_app

KIND = next(iter(KINDS))

DOCUMENT = Document(
    id="https://region.example/nyhet/3d",
    title="Satsning på 3D-printing",
    text="Första stycket\nandra raden\n\nAndra stycket",
    url="https://region.example/nyhet/3d?a=1&b=2",
    source="Region Örebro län",
    kind=KIND,
    published=Dated("2019-02-01", "month", "Publicerad: februari 2019"),
    updated="2019-03-04",
    regions=(
        Region(value="orebro-lan", label="Örebro län", weight=1.0, evidence="Örebro län satsar", about=True),
        Region(value="dalarnas-lan", label="Dalarnas län", weight=0.1, evidence="nämns en gång", about=False),
    ),
    origin="003.txt",
    first_seen="2026-01-02T08:30:00.000Z",
)

HIT = Hit(
    id=DOCUMENT.id,
    title=DOCUMENT.title,
    url=DOCUMENT.url,
    source=DOCUMENT.source,
    kind=KIND,
    published="2019-02-11",
    published_precision="day",
    year=2019,
    regions=(Place("orebro-lan", "Örebro län"),),
    score=1.5,
    origin="003.txt",
    title_highlights=((12, 23),),
    snippets=(Snippet("Mer 3D-printing i länet", ((4, 15),)),),
)


class Answers:
    """A searcher that gives the same answer to every question, with what was asked in it."""

    def __init__(self, document=DOCUMENT, **changes):
        self.kept = document
        self.changes = changes
        self.asked = None
        self.marked = ()
        self.alike = []
        self.following = Following(Settings())

    def ready(self):
        """An index that can be read."""

    def version(self, search):
        return repr((search, self.changes))

    def search(self, search, facets=()):
        self.asked = search
        return results(search, **self.changes)

    def counts(self, search, fields=()):
        return Counts(3, {"fetched": {"2026-01-02": 1, "2026-02-03": 2}})

    def subjects(self):
        return Filters(), ()

    def document(self, id):
        return self.kept if id == self.kept.id else None

    def similar(self, document):
        return self.alike

    def marks(self, query, text):
        return self.marked


def value(search, facet, name, children=()):
    selected = name in search.filters.values(facet)
    label = f"Etikett {name}"
    return FacetValue(name, label, 3, selected, address(toggled(search, facet, name)), tuple(children))


def results(search, **changes):
    area = value(search, "region", "ostra-mellansverige", [value(search, "region", "orebro-lan")])
    answer = Results(
        query=search.query,
        search=search,
        interpretation="orden 3d och printing",
        notes=("En anmärkning.",),
        suggestion=None,
        total=12,
        total_partial=0,
        pages=2,
        hits=(HIT,),
        facets={
            "region": (area,),
            "year": (value(search, "year", "2019"), value(search, "year", UNKNOWN)),
            "source": (value(search, "source", "Region Örebro län"),),
            "kind": (),
        },
    )
    return replace(answer, **changes)


def client(**changes):
    return create_app(searcher=Answers(**changes)).test_client()


def page(path, **changes):
    response = client(**changes).get(path)
    assert response.status_code == 200, response.text
    return BeautifulSoup(response.text, "html.parser")


def words(node):
    return " ".join(node.get_text().split())
