"""A way by an interface: each thing is posted as JSON under a key of its own, which the target may know it by when it comes again."""

from collections.abc import Sequence
from pathlib import Path

import requests
from requests import exceptions as failures

from medthread.model.errors import StoreError
from medthread.stores.rest.session import ANSWER, BUSY, CONNECT, REFUSED, RIGHT
from medthread.stores.ways.port import Letter, Sent

SHOWN = 500  # signs of an answer that are kept


class PostWay:
    """An address that takes JSON."""

    def __init__(self, url: str, *, token: str | None = None, ca: Path | None = None) -> None:
        self._url, self._token, self._ca = url, token, ca

    def deliver(self, letters: Sequence[Letter]) -> list[Sent]:
        """Post one after the other; what the target is too busy for comes back as to be tried again, with all behind it."""
        found: list[Sent] = []
        with requests.Session() as session:
            session.headers.update({"Authorization": f"Bearer {self._token}"} if self._token else {})
            for place, letter in enumerate(letters):
                sent = self._post(session, letter)
                found.append(sent)
                if sent.again is not None:
                    return [*found, *(Sent(rest.id, again=sent.again) for rest in letters[place + 1 :])]
        return found

    def _post(self, session: requests.Session, letter: Letter) -> Sent:
        try:
            answer = session.post(
                self._url, json=dict(letter.payload), headers={"Idempotency-Key": letter.id}, timeout=(CONNECT, ANSWER), allow_redirects=False, verify=str(self._ca) if self._ca else True)
        except failures.SSLError as error:
            raise StoreError(f"its certificate is not believed: {error}", hint="name the authority of the certificate under `ca` of the source") from error
        except (failures.ConnectionError, failures.Timeout) as error:
            raise StoreError(f"nobody answers at {self._url}: {str(error)[:SHOWN]}", hint="it is tried again") from error
        said = answer.text[:SHOWN]
        if answer.status_code in REFUSED:
            raise StoreError(f"{self._url} does not let us in ({answer.status_code})", hint="look after the token that the rule names under `secret`")
        if answer.status_code in BUSY:
            return Sent(letter.id, again=f"{answer.status_code} {said}".strip())
        if answer.status_code not in RIGHT:
            return Sent(letter.id, {"status": answer.status_code, "answer": said}, refused=f"{answer.status_code} {said}".strip())
        return Sent(letter.id, {"status": answer.status_code, "answer": said})
