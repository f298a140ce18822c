"""The region facet as a small map of tiles: one square a county, about where it lies."""

from collections.abc import Sequence

from msgspec import Struct

from indexer import FacetValue, Search, all_values, facet_value

TILES = {
    "norrbottens-lan": ("Norrbotten", 4, 1),
    "vasterbottens-lan": ("Väster|botten", 3, 2),
    "jamtlands-lan": ("Jämtland", 2, 3),
    "vasternorrlands-lan": ("Väster|norrland", 3, 3),
    "dalarnas-lan": ("Dalarna", 2, 4),
    "gavleborgs-lan": ("Gävleborg", 3, 4),
    "varmlands-lan": ("Värmland", 1, 5),
    "orebro-lan": ("Örebro", 2, 5),
    "vastmanlands-lan": ("Väst|manland", 3, 5),
    "uppsala-lan": ("Uppsala", 4, 5),
    "vastra-gotalands-lan": ("Västra Götaland", 1, 6),
    "ostergotlands-lan": ("Öster|götland", 2, 6),
    "sodermanlands-lan": ("Söder|manland", 3, 6),
    "stockholms-lan": ("Stockholm", 4, 6),
    "hallands-lan": ("Halland", 1, 7),
    "jonkopings-lan": ("Jönköping", 2, 7),
    "kalmar-lan": ("Kalmar", 3, 7),
    "gotlands-lan": ("Gotland", 4, 7),
    "skane-lan": ("Skåne", 1, 8),
    "kronobergs-lan": ("Kronoberg", 2, 8),
    "blekinge-lan": ("Blekinge", 3, 8),
}
"""County -> its name without län, with | where it may be broken; column from the west and row from the north."""
SHADES = 4


class Tile(Struct, frozen=True):
    """One county: `shade` from 0, nothing, to SHADES, the most."""

    value: FacetValue
    name: tuple[str, ...]
    """The parts between which it may be broken."""
    column: int
    row: int
    shade: int


def tiles(regions: Sequence[FacetValue], search: Search) -> list[Tile]:
    """The tiles in reading order, from the north; none where no county has a document."""
    shown = {value.value: value for value in all_values(regions) if value.value in TILES}
    most = max((value.count for value in shown.values()), default=0)
    if not most:
        return []
    return [
        Tile(
            shown.get(county) or facet_value("region", county, 0, search),
            tuple(name.split("|")),
            column,
            row,
            -(-shown[county].count * SHADES // most) if county in shown else 0,
        )
        for county, (name, column, row) in TILES.items()
    ]
