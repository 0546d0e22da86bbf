"""uniqueString() and guid(): values that Azure gave."""

from uuid import UUID, uuid5

import pytest
from hypothesis import given
from hypothesis import strategies as st

from armguard.dotnet.murmur import murmur_hash_64
from armguard.evaluation.functions.hashing import guid, unique_string


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("test",), "rbgf3xv4ufgzg"),
        (("",), "aaaaaaaaaaaaa"),
        (("t",), "fsnwonksnm7cy"),
        (("a", ""), "vvsw6y4bgbosk"),
        (("a]b",), "3li7p2rxojsjg"),
        (("item-1",), "frh5ygqer2pta"),
        (("snap", "crackle", "pop"), "byghxckddilkc"),
        (("\tx\n", "\tx\n"), "pio7vljlmcqnu"),
        (("00000000-0000-0000-0000-00000000aaaa",), "pbaiypzbowil4"),
        (
            ("/subscriptions/00000000-0000-0000-0000-000000000001/resourceGroups/oracle-rg",),
            "qxollxtgxfiky",
        ),
        (("ﬁn",), "r7orozf5ep6ky"),
    ],
)
def test_unique_string(texts: tuple[str, ...], expected: str) -> None:
    assert unique_string(*texts) == expected


@pytest.mark.parametrize(
    ("texts", "expected"),
    [
        (("test", "test2", "test3"), "43ca56fb-e844-5667-aabf-b316c27c09cc"),
        (("Zürich".lower(),), "ea54a2a7-de86-5f7d-989b-4b426dec49fc"),
        (("ZGV2",), "dba174f2-f04d-5289-b555-5926787aa7ab"),
    ],
)
def test_guid(texts: tuple[str, ...], expected: str) -> None:
    assert guid(*texts) == expected


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_guid_is_a_version_5_uuid_of_the_joined_texts(texts: list[str]) -> None:
    namespace = UUID("11fb06fb-712d-4ddd-98c7-e71bbd588830")
    assert guid(*texts) == str(uuid5(namespace, "-".join(texts)))


@given(st.lists(st.text(), min_size=1, max_size=4))
def test_arguments_are_joined_with_a_hyphen(texts: list[str]) -> None:
    assert unique_string(*texts) == unique_string("-".join(texts))


@given(st.binary(max_size=40))
def test_every_byte_counts(data: bytes) -> None:
    assert 0 <= murmur_hash_64(data) < 1 << 64
    for index in range(len(data)):
        changed = bytes([*data[:index], data[index] ^ 1, *data[index + 1 :]])
        assert murmur_hash_64(changed) != murmur_hash_64(data)


def test_half_a_pair_is_hashed_as_a_replacement_character() -> None:
    assert unique_string("a\ud83d") == unique_string("a\ufffd")
    assert guid("\ud83d\ude00") == guid("\U0001f600")
