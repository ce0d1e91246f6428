"""Heads as C2SP checkpoints, read by a public tool that shares nothing with us (tlog-scales), and as its page shows."""

import base64
import hashlib
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from termpost.schemas.base.errors import InputError
from termpost.tasks.log.checkpoint import (
    COSIGNER_KEY,
    NOTE_KEY,
    Verifier,
    grown_since,
    origin_of,
    read_checkpoint,
    read_verifier,
    verifier_at,
)
from termpost.tasks.log.segments import checkpoint_key
from termpost.tasks.log.tree import LogTree, consistency_proof, leaf_hash
from termpost.tasks.log.verify import ChainVerdict, verify
from termpost.tasks.secrets.signers import raw
from tlog_scales.signing import Ed25519CosignatureVerifier, Vkey
from tlog_scales.tlog import Checkpoint, ConsistencyProof

from tests.tasks.log.log_home import KEY, LogHome, report_made
from tests.tasks.log.tampering import COUNT, cut_to, flip, fork, write_log

PAGE = Path(__file__).parents[3] / "docs" / "verify-log.md"
WITNESS = Ed25519PrivateKey.from_private_bytes(bytes(range(64, 96)))
FORGER = Ed25519PrivateKey.from_private_bytes(bytes(32))
LAST = checkpoint_key(COUNT)


@pytest.fixture
def written(home: LogHome) -> LogHome:
    write_log(home)
    return home


def note(home: LogHome, number: int = COUNT) -> str:
    return home.store.get(checkpoint_key(number)).decode()


def vkey() -> Vkey:
    return Vkey.from_string(str(verifier_at(KEY.public_key(), 1)))


def witness() -> Verifier:
    return Verifier("witness.example/w1", COSIGNER_KEY, raw(WITNESS.public_key()))


def cosigned(text: str, key: Ed25519PrivateKey = WITNESS, seconds: int = 1_679_315_147) -> str:
    """With a witness's line, by the words of c2sp.org/tlog-cosignature."""
    body = text.partition("\n\n")[0] + "\n"
    signature = key.sign(f"cosignature/v1\ntime {seconds}\n{body}".encode())
    data = witness().key_id + seconds.to_bytes(8, "big") + signature
    return f"{text}— witness.example/w1 {base64.b64encode(data).decode()}\n"


def check(home: LogHome, *published: str, full: bool = False) -> ChainVerdict:
    return verify(home.store, KEY.public_key(), None, full, published=published, objects=lambda _: True, patience=0)


def mth(leaves: list[bytes]) -> bytes:
    """RFC 6962, section 2.1, word for word."""
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return hashlib.sha256(b"\x00" + leaves[0]).digest()
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hashlib.sha256(b"\x01" + mth(leaves[:k]) + mth(leaves[k:])).digest()


def test_a_public_tool_reads_each_checkpoint_and_its_signature(written: LogHome) -> None:
    assert Vkey(origin_of(KEY.public_key()), None, NOTE_KEY, raw(KEY.public_key())).key_id == vkey().key_id
    lines = [line for n in range(1, COUNT + 1)
             for line in written.store.get(f"log/{n:08d}.ndjson").split(b"\n")[1:-1]]  # fmt: skip
    for number in range(1, COUNT + 1):
        read = Checkpoint.from_text(note(written, number))
        read.verify(vkey())
        assert (read.origin, read.size) == (origin_of(KEY.public_key()), 3 * number)
        assert read.root_hash == mth(lines[: 3 * number])
        assert read.serialize() == note(written, number)
        with pytest.raises(InvalidSignature):
            replace(read, size=read.size + 1).verify(vkey())


@pytest.mark.parametrize("size", [*range(20), 63, 64, 65, 130])
def test_roots_and_proofs_are_those_of_the_standard(size: int) -> None:
    lines = [f"entry {n}".encode() for n in range(size)]
    tree = LogTree()
    tree.add(lines[: size // 3])
    tree.add(lines[size // 3 :])
    assert (tree.size, tree.root) == (size, mth(lines))
    leaves = [leaf_hash(line) for line in lines]
    for since in range(1, size + 1):
        proof = consistency_proof(leaves, since)
        ConsistencyProof(since, size, proof).check(mth(lines[:since]), mth(lines))
        assert len(proof) <= 63


def test_a_proof_since_any_size_is_what_a_witness_checks(written: LogHome) -> None:
    head = written.open().head()
    assert head is not None
    old, new = (Checkpoint.from_text(note(written, number)) for number in (2, COUNT))
    proof = grown_since(written.store, KEY.public_key(), head.place, old.size)
    ConsistencyProof(old.size, new.size, proof).check(old.root_hash, new.root_hash)
    assert grown_since(written.store, KEY.public_key(), head.place, 0) == []
    with pytest.raises(InputError) as caught:
        grown_since(written.store, KEY.public_key(), head.place, new.size + 1)
    assert caught.value.code == "bad-size"


def test_the_page_shows_how_a_public_tool_checks_one(written: LogHome, tmp_path: Path) -> None:
    script = tmp_path / "check.py"
    script.write_text(PAGE.read_text().split("```python\n")[1].split("```")[0])

    def run(*more: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, str(script), *more], cwd=written.root / "vault", capture_output=True,
                              text=True, check=False)  # fmt: skip

    mine, cosigner = str(verifier_at(KEY.public_key(), 1)), str(witness())
    done = run(LAST, mine)
    assert done.stdout == f"12 entries of {origin_of(KEY.public_key())} are those of the checkpoint\n", done.stderr
    signed = written.root / "vault" / "cosigned.txt"
    signed.write_text(cosigned(note(written)))
    assert run("cosigned.txt", mine, cosigner).returncode == 0
    signed.write_text(cosigned(note(written), FORGER))
    assert run("cosigned.txt", mine, cosigner).returncode != 0
    assert run(LAST, cosigner).returncode != 0
    flip("log/00000002.ndjson", b'"student":"')(written)
    assert "not those of the checkpoint" in run(LAST, mine).stderr


def test_a_rerun_and_another_writer_write_the_same_bytes_or_nothing(written: LogHome) -> None:
    before = written.files()
    written.open().append("run-2", [report_made(1)])
    assert written.files() == before
    written.file(LAST).unlink()
    written.open()
    assert written.files() == before
    found = written.open().checkpoint()
    assert found is not None
    assert found[1] == before[LAST]


def test_a_log_of_an_earlier_version_gets_its_first_with_the_next_entry(written: LogHome) -> None:
    for number in range(1, COUNT + 1):
        written.file(checkpoint_key(number)).unlink()
    before = written.files()
    written.open()
    assert written.files() == before
    assert check(written, full=True).ok
    written.open().append("run-2", [report_made(90)])
    assert [key for key in written.files() if "checkpoints" in key] == [checkpoint_key(COUNT + 1)]
    assert (check(written).checkpoint, check(written, full=True).ok) == (COUNT + 1, True)


@pytest.mark.parametrize("full", [False, True])
def test_any_changed_byte_of_the_newest_shows(written: LogHome, full: bool) -> None:
    data = written.store.get(LAST)
    for at in range(len(data)):
        written.file(LAST).write_bytes(data[:at] + bytes([data[at] ^ 1]) + data[at + 1 :])
        assert not check(written, full=full).ok, at
    for more in (b"\n", data.split(b"\n\n")[1]):
        written.file(LAST).write_bytes(data + more)
        assert check(written, full=full).reason == "checkpoint-mismatch"


def test_a_forged_one_shows_whoever_signed_it_and_whatever_it_says(written: LogHome) -> None:
    data = note(written)
    tree = LogTree()
    tree.add([b"another", *[b"entry"] * 11])
    body = f"{origin_of(KEY.public_key())}\n12\n{base64.b64encode(tree.root).decode()}\n"
    for key, found in ((FORGER, {False, True}), (KEY, {True})):
        signature = base64.b64encode(verifier_at(KEY.public_key(), 1).key_id + key.sign(body.encode())).decode()
        forged = f"{body}\n— {origin_of(KEY.public_key())} {signature}\n"
        written.file(LAST).write_text(forged)
        for full in found:  # what the log's own key signed the full check alone computes anew
            assert check(written, full=full).reason == "checkpoint-mismatch"
        written.file(LAST).write_text(data)
        assert check(written, forged).reason == ("published-invalid" if key is FORGER else "published-mismatch")
    written.file(checkpoint_key(2)).write_text(data)
    assert check(written, full=True).reason == "checkpoint-mismatch"


def test_one_that_is_left_after_a_cut_says_that_there_was_more(written: LogHome) -> None:
    last = written.store.get(LAST)
    cut_to(2)(written)
    assert check(written).ok
    written.file(LAST).write_bytes(last)
    for full in (False, True):
        assert (check(written, full=full).reason, check(written).broken_at) == ("truncated", "log/00000003.ndjson")


def test_a_checkpoint_that_others_signed_counts_like_a_published_head(written: LogHome) -> None:
    kept = [cosigned(note(written, number)) for number in range(1, COUNT + 1)]
    assert check(written, *kept).ok
    cut_to(2)(written)
    assert check(written, *kept[:2]).ok
    assert check(written, kept[3]).reason == "truncated"
    fork(2, 3)(written)
    assert check(written, *kept[:2]).ok
    assert check(written, kept[2]).reason == "published-mismatch"


def test_a_witness_counts_by_name_key_and_exactly_that_text(written: LogHome) -> None:
    read = read_checkpoint(cosigned(note(written)))
    at = witness().signed(read)
    assert not isinstance(at, bool)
    assert at.isoformat() == "2023-03-20T12:25:47+00:00"
    their = Ed25519CosignatureVerifier(Vkey.from_string(str(witness())))
    their.verify_note(Checkpoint.from_text(cosigned(note(written))).signatures[1], Checkpoint.from_text(note(written)))
    assert replace(witness(), name="other.example").signed(read) is False
    assert replace(witness(), kind=NOTE_KEY).signed(read) is False
    assert read_verifier(str(witness())) == witness()
    assert check(written, cosigned(note(written), FORGER)).ok  # whose line it is nobody here was told
    assert check(written, cosigned("another\n12\n" + note(written).split("\n", 2)[2])).reason == "published-invalid"


@pytest.mark.parametrize("text", ["", "w", "w+1", "w+00000000+BFy", "+1a2b3c4d+AAAA"])
def test_what_is_no_key_of_a_witness_is_an_error_of_whoever_gave_it(text: str) -> None:
    with pytest.raises(InputError) as caught:
        read_verifier(text)
    assert (caught.value.code, caught.value.where) == ("bad-witness", "--witness")
