"""Who somebody is whom an identity provider vouches for, by a declared map of claims."""

from pathlib import Path

import pytest

from data_access.access import sign_in
from data_access.access.sign_in import ClaimsError, load_claims_map, user_of_claims
from data_access.errors import AccessError

MAP = """
provider: gov
user_id: sub
label: name
role: {claim: groups, values: {fpb-manager: manager, fpb-town: township, fpb-look: leader, fpb-dept: department}}
places: {places}
department: org
"""
CLAIMS = {"sub": "u1", "name": "张三", "groups": ["x", "fpb-town"], "region": ["610902107", "610902108"]}


@pytest.fixture
def write_map(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    def write(text: str) -> None:
        file = tmp_path / "claims.yaml"
        file.write_text(text.replace("{places}", "region"), encoding="utf-8")
        monkeypatch.setenv(sign_in.CLAIMS_VARIABLE, str(file))

    return write


def test_claims_become_a_user_with_role_and_places(write_map) -> None:
    write_map(MAP)
    user = user_of_claims(CLAIMS, known=load_claims_map())
    assert (user.user_id, user.label, user.role.key) == ("u1", "张三", "township")
    assert user.scope.regions == ("610902107", "610902108")
    assert user.scope.masked
    assert not user.scope.may("load")


def test_the_first_role_of_the_map_counts_and_places_may_be_one_text(write_map) -> None:
    write_map(MAP)
    claims = {**CLAIMS, "groups": "fpb-look,fpb-manager", "region": "610902107 610902108"}
    user = user_of_claims(claims, known=load_claims_map())
    assert (user.role.key, user.places) == ("manager", ("610902107", "610902108"))


def test_the_department_narrows_its_staff_and_nobody_else(write_map) -> None:
    write_map(MAP)
    told = {**CLAIMS, "region": [], "org": "medical"}
    users = [user_of_claims({**told, "groups": group}, known=load_claims_map()) for group in ("fpb-dept", "fpb-look")]
    assert [user.scope.department for user in users] == ["medical", None]


@pytest.mark.parametrize(
    ("changed", "problem"),
    [
        ({"sub": ""}, "access_claim_missing"),
        ({"sub": None}, "access_claim_missing"),
        ({"groups": []}, "access_no_role"),
        ({"groups": None}, "access_no_role"),
        ({"groups": ["manager"]}, "access_no_role"),
        ({"region": []}, "access_places_missing"),
        ({"region": None}, "access_places_missing"),
        ({"region": ["61"]}, "access_place_unknown"),
        ({"region": ["%"]}, "access_place_unknown"),
        ({"groups": "fpb-dept"}, "access_department_missing"),
    ],
)
def test_claims_that_say_too_little_sign_nobody_in(write_map, changed: dict, problem: str) -> None:
    write_map(MAP)
    with pytest.raises(AccessError, match=problem):
        user_of_claims({**CLAIMS, **changed}, known=load_claims_map())


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("user_id: sub", "missing"),
        ("[]", "model_type"),
        ("user_id: sub\nrole: x", "model_type"),
        ("user_id: sub\nrole: {claim: x, values: {a: king}}", "unknown_reference"),
        ("user_id: sub\nrole: {claim: x, values: {}}\nother: 1", "extra_forbidden"),
        ("user_id: [", "not_yaml"),
    ],
)
def test_a_map_that_is_not_right_is_refused(write_map, text: str, problem: str) -> None:
    write_map(text)
    with pytest.raises(ClaimsError) as refused:
        load_claims_map()
    assert isinstance(refused.value, AccessError)
    assert refused.value.kind == problem
    assert refused.value.file.endswith("claims.yaml")


def test_a_missing_map_and_an_unknown_way_are_named(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.delenv(sign_in.CLAIMS_VARIABLE, raising=False)
    with pytest.raises(AccessError, match="access_claims_missing"):
        load_claims_map()
    monkeypatch.setenv(sign_in.CLAIMS_VARIABLE, str(tmp_path / "none.yaml"))
    with pytest.raises(AccessError, match="access_claims_unreadable"):
        load_claims_map()
    monkeypatch.setenv(sign_in.MODE_VARIABLE, "ldap")
    with pytest.raises(AccessError, match="access_mode_unknown"):
        sign_in.mode()
