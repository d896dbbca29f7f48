from sijill.core.claim import Group, GroupType, Harm, Subset
from sijill.core.incident import GroupScope, Scope
from sijill.reconcile.scopes import cell_of, contains, least_together, lies_in, scopes_of
from tests.reconcile.notation import claim

ALL, CIVILIANS, COMBATANTS = GroupScope.ALL, GroupScope.CIVILIANS, GroupScope.COMBATANTS


def test_unspecified_and_mixed_count_all() -> None:
    for kind in (GroupType.UNSPECIFIED, GroupType.MIXED):
        assert cell_of(claim(0, 0, "killed", "8", Group(type=kind))).group is ALL


def test_homes_are_no_people_and_people_no_homes() -> None:
    assert cell_of(claim(0, 0, "property", "8", Group(type=GroupType.HOMES))).group is GroupScope.HOMES
    assert cell_of(claim(0, 0, "property", "8", Group(type=GroupType.CIVILIANS))).group is GroupScope.UNSPECIFIED
    assert cell_of(claim(0, 0, "killed", "8", Group(type=GroupType.HOMES))).group is ALL


def test_scopes_come_in_one_order_and_property_has_no_all() -> None:
    cells = [
        cell_of(claim(0, 0, "property", "8", Group(type=GroupType.HOMES))),
        cell_of(claim(0, 1, "wounded", "8", Group())),
        cell_of(claim(0, 2, "killed", "8", Group(type=GroupType.CIVILIANS, subset=Subset.WOMEN))),
    ]
    found = scopes_of(cells)
    assert found == scopes_of(reversed(cells))
    assert found == (
        Scope(Harm.KILLED),
        Scope(Harm.KILLED, ALL, Subset.WOMEN),
        Scope(Harm.KILLED, CIVILIANS),
        Scope(Harm.WOUNDED),
        Scope(Harm.PROPERTY, GroupScope.HOMES),
    )


def test_a_scope_holds_its_parts_and_not_itself() -> None:
    whole, part = Scope(Harm.KILLED), Scope(Harm.KILLED, CIVILIANS, Subset.WOMEN)
    assert contains(whole, part)
    assert contains(Scope(Harm.KILLED, CIVILIANS), part)
    assert not contains(whole, whole)
    assert not contains(part, whole)
    assert not contains(Scope(Harm.WOUNDED), part)
    assert not contains(Scope(Harm.KILLED, COMBATANTS), part)


def test_a_claim_of_any_type_does_not_lie_in_one_type() -> None:
    cell = cell_of(claim(0, 0, "killed", "8", Group()))
    assert lies_in(Scope(Harm.KILLED), cell)
    assert not lies_in(Scope(Harm.KILLED, CIVILIANS), cell)


def test_what_adds_up_and_what_overlaps() -> None:
    assert least_together({}) == 0
    assert least_together({(CIVILIANS, Subset.WOMEN): 2, (CIVILIANS, Subset.CHILDREN): 3}) == 5
    assert least_together({(CIVILIANS, Subset.WOMEN): 2, (CIVILIANS, Subset.ALL): 6, (COMBATANTS, Subset.ALL): 1}) == 7
    assert least_together({(ALL, Subset.ALL): 9, (CIVILIANS, Subset.ALL): 6}) == 9
    assert least_together({(ALL, Subset.MEDICAL): 2, (ALL, Subset.JOURNALISTS): 3}) == 3
