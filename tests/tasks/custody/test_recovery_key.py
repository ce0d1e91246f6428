"""The recovery key: random, and typed by a person on a bad day."""

import pytest
from termpost.schemas.base.errors import InputError
from termpost.tasks.custody.recovery_key import new_recovery_key, read_recovery_key
from termpost.tasks.secrets.access_codes import ALPHABET


def test_each_key_is_another_and_has_160_bits() -> None:
    keys = {new_recovery_key() for _ in range(50)}
    assert len(keys) == 50
    for key in keys:
        first, second = key.split(" ")
        assert first != second
        assert len(read_recovery_key(key)) == 2 * (16 + 1)  # 16 symbols of 5 bits, and a check


def test_it_is_read_however_it_is_spaced_and_in_small_letters() -> None:
    key = new_recovery_key()
    assert {read_recovery_key(spelt) for spelt in (key, key.lower(), key.replace("-", ""), f" {key}\n",
                                                   key.replace(" ", "\n"))} == {read_recovery_key(key)}  # fmt: skip


def test_every_wrong_symbol_is_found_in_its_half_and_never_repeated() -> None:
    key = read_recovery_key(new_recovery_key())
    for at, symbol in enumerate(key):
        wrong = key[:at] + ALPHABET[(ALPHABET.index(symbol) + 1) % 32] + key[at + 1 :]
        with pytest.raises(InputError) as caught:
            read_recovery_key(wrong)
        assert caught.value.code == "bad-recovery-key"
        assert f"the {'first' if at < 17 else 'second'} half" in str(caught.value)
        assert wrong[:17] not in str(caught.value)
