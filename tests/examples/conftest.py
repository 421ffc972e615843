"""Shops for the Chinook example: an invented small one always, the real database where it is at hand."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]

TABLES = """
CREATE TABLE Customer (CustomerId INTEGER PRIMARY KEY, FirstName TEXT, LastName TEXT, Company TEXT, Address TEXT,
    City TEXT, State TEXT, Country TEXT, PostalCode TEXT, Phone TEXT, Fax TEXT, Email TEXT, SupportRepId INTEGER);
CREATE TABLE Genre (GenreId INTEGER PRIMARY KEY, Name TEXT);
CREATE TABLE Track (TrackId INTEGER PRIMARY KEY, Name TEXT, GenreId INTEGER, UnitPrice NUMERIC(10, 2));
CREATE TABLE Invoice (InvoiceId INTEGER PRIMARY KEY, CustomerId INTEGER, InvoiceDate DATETIME, Total NUMERIC(10, 2));
CREATE TABLE InvoiceLine (InvoiceLineId INTEGER PRIMARY KEY, InvoiceId INTEGER, TrackId INTEGER,
    UnitPrice NUMERIC(10, 2), Quantity INTEGER);
"""

CUSTOMERS = [
    (1, "Žofie", "Dvořáková", "Sýr & syn, s.r.o.", "Husova 5", "Brno", None, "Czech Republic", "602 00",
     "+420 5 4212 3456", "+420 5 4212 3457", "zofie@example.cz", 3),
    (2, "Jürgen", "Größ", None, "Gänseweg 1", "Köln", None, "Germany", "50667", None, None, "jg@example.de", 3),
    (3, "Ana María", "O'Neil-Núñez", "Ñandú \"Sur\"", "C/ Mayor, 12", "Toronto", "ON", "Canada", None,
     "+1 (416) 555-0100", None, "ana@example.ca", None),
    (4, "Łukasz", "Żak", None, None, None, "TX", "USA", "73301", "+1 (512) 555-0101", None, "łukasz@example.com", 3),
]  # fmt: skip

TRACKS = [(1, "Señor Niebla", 1, 0.99), (2, "夜の列車", 2, 1.99), (3, "Untitled", None, 0.99)]

INVOICES = [
    (101, 1, "2021-03-28 02:30:00", [(1, 0.99, 1), (2, 1.99, 2)]),
    (102, 1, "2022-12-31 23:59:59", [(3, 0.99, 3)]),
    (103, 2, "2023-02-01 00:00:00", [(1, 0.99, 1)]),
    (104, 3, "2024-02-29 00:00:00", [(2, 1.99, 1), (1, 0.1, 1), (3, 0.2, 1)]),
]


def make_shop(path: Path) -> None:
    with closing(sqlite3.connect(path)) as database, database:
        database.executescript(TABLES)
        database.executemany(f"INSERT INTO Customer VALUES ({', '.join('?' * 13)})", CUSTOMERS)
        database.executemany("INSERT INTO Genre VALUES (?, ?)", [(1, "Latin"), (2, "Jazz")])
        database.executemany("INSERT INTO Track VALUES (?, ?, ?, ?)", TRACKS)
        for number, client, date, lines in INVOICES:
            total = round(sum(price * quantity for _, price, quantity in lines), 2)
            database.execute("INSERT INTO Invoice VALUES (?, ?, ?, ?)", (number, client, date, total))
            database.executemany(
                "INSERT INTO InvoiceLine (InvoiceId, TrackId, UnitPrice, Quantity) VALUES (?, ?, ?, ?)",
                [(number, *line) for line in lines],
            )


def real_shops() -> list[Path]:
    """The Chinook database that CHINOOK_DATABASE names, or the one beside the checkout."""
    named = os.environ.get("CHINOOK_DATABASE")
    candidates = [Path(named)] if named else [ROOT.parent / "shared" / "data" / "chinook.sqlite"]
    return [path for path in candidates if path.exists()]


@pytest.fixture
def small_shop(tmp_path: Path) -> Path:
    path = tmp_path / "small.sqlite"
    make_shop(path)
    return path


@pytest.fixture(params=["small", *map(str, real_shops())], ids=lambda name: Path(name).stem)
def database(request: pytest.FixtureRequest, small_shop: Path) -> Path:
    return small_shop if request.param == "small" else Path(request.param)
