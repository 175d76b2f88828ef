"""What Holm's correction leaves, counted: a verdict that is sure, nine that are not among ten."""

from rfbook.backmatter.corrected import corrected
from rfbook.claims.claim import Claim
from rfbook.claims.verdicts import Verdict, judge
from tests.reading import row
from tests.samples import records, tiny

CLOSE, SURE = (0.52, 0.53, 0.545), (0.6001, 0.6002, 0.6003)
"""Above 50 % with p = .043, by scipy's test of one mean, and with p far below a thousandth."""
LOW = (0.3, 0.3001, 0.3002)


def judged(number, **networks):
    known = {"paper": "size-matters", "where": "1", "says": "so", "page": "a/page"}
    claim = Claim(id=f"X-{number}", quantity="accuracy", holds_if="above", margin=50, **known)
    outcomes = {
        network: [records(tiny(seed), accuracy={"accuracy": one}) for seed, one in enumerate(shares)]
        for network, shares in networks.items()
    }
    return judge(claim, outcomes, "thin")


def ten():
    return [judged(number, vgg11=SURE if number == 0 else CLOSE) for number in range(10)]


def test_claims_that_keep_their_word_are_counted():
    found = corrected(ten())
    assert (found.tests, found.decided(), found.kept()) == (10, 10, 1)
    assert (found.decided("reproduced"), found.kept("reproduced")) == (10, 1)
    assert found.decided("not reproduced") == found.kept("not reproduced") == found.turned == 0
    kept = row(found.table, **{"each test alone": "● reproduced"})
    assert (kept["claims"], kept["● reproduced"], kept["◇ open"]) == ("10", "1", "9")


def test_a_claim_whose_only_support_is_lost_turns():
    turning = judged(10, vgg11=CLOSE, vgg13=LOW)
    assert turning.word == "partly"
    assert corrected([*ten(), turning]).turned == 1
    assert corrected([turning]).turned == 0


def test_a_claim_without_a_test_is_not_counted():
    untested = Verdict(judged(0).claim, "not tested", "so")
    found = corrected([untested])
    assert (found.tests, found.decided(), list(found.words)) == (0, 0, [])
