"""What somebody signs."""

from datetime import UTC, datetime

from medthread.trust.signatures import Signing


def signing_of(name: str) -> Signing:
    return Signing(
        signer=name, printed_name=name.title(), on_behalf_of=None, signed_at=datetime.now(UTC), zone="Asia/Shanghai", meaning="approved",
        reason="合格", entity="lot", record="7", revision=3, action="release", content={"lot_no": "A1", "qty": "5", "parts": []}, factors=("password",))
