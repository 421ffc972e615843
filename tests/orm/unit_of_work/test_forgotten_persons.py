"""What a journal keeps of persons once their commit is settled: nothing."""

from __future__ import annotations

from contacthub_orm import Customer, Session


def left_in(path):
    files = [path, path.with_name(path.name + "-wal")]
    return b"".join(file.read_bytes() for file in files if file.exists())


def test_a_settled_journal_that_is_closed_holds_no_byte_of_a_person(contacthub_sandbox, tmp_path):
    path = tmp_path / "journal"
    with Session(contacthub_sandbox.node, journal=path) as session:
        ann = Customer(externalId="1", base={"lastName": "Zwiebelfisch"})
        session.add(ann)
        session.commit()
        assert b"Zwiebelfisch" in left_in(path)
        session.forget(ann)
        session.commit()
    assert path.exists()
    assert b"Zwiebelfisch" not in left_in(path)
