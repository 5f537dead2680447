"""The table of all misbehaviours."""

from itertools import chain

from tests.verify.fire import belonging, codes, documents, framing, front, gate

FAMILIES = {
    "Bytes and lines": framing.rows,
    "Documents": documents.rows,
    "Before EWS": front.rows,
    "Sign-in": gate.rows,
    "Codes": codes.rows,
    "Belonging": belonging.rows,
}
ROWS = tuple(chain.from_iterable(rows() for rows in FAMILIES.values()))
