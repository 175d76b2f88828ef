"""The verdicts that `python -m rfbook look` prints beside its advice, for a place without the book.

python -c "from rfbook.backmatter.carried import write; write()"
"""

from __future__ import annotations

import json
from dataclasses import asdict

from rfbook.claims.claim import Claim, read_claims
from rfbook.look.findings import FILE, SHOWN, Finding
from rfbook.pages import sources
from rfbook.pages.plan import replay
from rfbook.pages.sources import PUBLISHED, tier_of


def found() -> list[Finding]:
    """The verdicts on the claims of `SHOWN`, from the published records of their pages."""
    pages = {claim.page: None for claim in _claims()}
    judged = {
        verdict.claim.id: verdict
        for page in pages
        for verdict in replay(page, {"tier": tier_of(page, PUBLISHED)}).verdicts()
    }
    return [
        Finding(claim.id, claim.says, judged[claim.id].word, judged[claim.id].why, claim.page)
        for claim in _claims()
    ]


def _claims() -> list[Claim]:
    known = {claim.id: claim for claim in read_claims(sources.repository() / "claims")}
    return [known[name] for name in SHOWN]


def text() -> str:
    """What the file holds."""
    return json.dumps([asdict(finding) for finding in found()], indent=2, ensure_ascii=False) + "\n"


def write() -> None:
    """Writes the file that travels with `look`."""
    FILE.write_text(text(), encoding="utf-8")
