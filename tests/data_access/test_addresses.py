"""Addresses of databases: nothing of a password is shown, whatever it is made of."""

import pytest
from sqlalchemy import URL, make_url

from data_access.addresses import AddressError, read_address, shown


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("mysql+pymysql://reader:Lx@9r@127.0.0.1:3306/office", "password_bare"),
        ("postgresql+psycopg://reader:Lx@9r/t@127.0.0.1/office", "password_bare"),
        ("mysql+pymysql://reader:Lx@9r:t@127.0.0.1/office", "password_bare"),
        ("postgresql+psycopg://reader:secret@127.0.0.1:port/office", "no_address"),
        ("jdbc:mysql://127.0.0.1:3306/office?user=reader&password=secret", "of_java"),
        ("127.0.0.1", "no_address"),
    ],
)
def test_what_is_no_address_gets_its_remedy_and_is_not_repeated(text: str, key: str) -> None:
    with pytest.raises(AddressError) as refused:
        read_address(text)
    assert refused.value.key == key
    said = f"{refused.value} {refused.value.text('zh')} {refused.value.text('en')}"
    assert not any(part in said for part in ("9r", "secret", "127.0.0.1"))


def test_an_at_that_is_written_as_it_must_be_is_part_of_the_password() -> None:
    url = read_address("mysql+pymysql://reader:Lx%409r@127.0.0.1:3306/office")
    assert (url.password, url.host) == ("Lx@9r", "127.0.0.1")
    assert shown(url) == "mysql+pymysql://reader:***@127.0.0.1:3306/office"


def test_a_password_is_hidden_up_to_the_last_at_and_among_the_options() -> None:
    for text in (
        "mysql+pymysql://reader:Lx@9r@127.0.0.1/office",
        "postgresql+psycopg://reader:Lx@9r/t@127.0.0.1/office",
    ):
        assert "9r" not in shown(make_url(text))
    options = URL.create("postgresql+psycopg", host="127.0.0.1", query={"user": "reader", "password": "secret"})
    assert shown(options) == "postgresql+psycopg://127.0.0.1?password=***&user=reader"
