"""The region facet as a small map of tiles: one square a county, about where it lies."""

from collections.abc import Sequence

from msgspec import Struct

from indexer import FacetValue, Search, all_values, counties, facet_value, region_table

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
    shown = {value.value: value for value in all_values(regions)}
    values = [shown.get(county) or facet_value("region", county, 0, search) for county, _ in counties()]
    most = max(value.count for value in values)
    tiles = []
    for value, at in zip(values, region_table("counties"), strict=True) if most else ():
        name, shade = tuple(at["tile"].split("|")), -(-value.count * SHADES // most)
        tiles.append(Tile(value, name, int(at["column"]), int(at["row"]), shade))
    return sorted(tiles, key=lambda tile: (tile.row, tile.column))
