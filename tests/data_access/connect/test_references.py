"""Tables are assembled and written one after the other: each after those that it refers to."""

from data_access.connect.references import in_order
from data_access.schema.references import load_references
from data_access.schema.tables import metadata


def test_every_table_comes_after_those_that_it_refers_to() -> None:
    order = in_order()
    assert sorted(order) == sorted(metadata.tables)
    for reference in load_references():
        to = reference.to[0].split(".")[0]
        for name in reference.columns:
            own = name.split(".")[0]
            assert own in ("*", to) or order.index(to) < order.index(own)
