"""A file on a form: looked at and put away before the act begins, kept through a refused try, and handed out again."""

import io
from collections.abc import Sequence
from typing import Any, ClassVar

from flask import Response, current_app, send_file
from itsdangerous import BadSignature, URLSafeSerializer
from wtforms import FileField, HiddenField

from techfloor.records import attachments
from techfloor.records.attachments import CleanFile, KeptFile
from techfloor.refusals import Refusal
from techfloor.web.forms import EntryForm
from techfloor.web.incoming import largest_file
from techfloor.web.visitor import visitor


class UploadForm(EntryForm):
    """A form with a file; `kept` names one that came with an earlier try, for this person alone."""

    kept = HiddenField()
    file: FileField
    kinds: ClassVar[Sequence[str]] = attachments.USUAL
    """What a file may be."""
    handed: ClassVar[Sequence[str]] = ()
    """What it may be besides where another form has read it and hands it over."""

    def file_given(self) -> KeptFile | None:
        """Return the file that came, or came before, and remember it in the form; one that will not do is refused.

        It is written to the disk here: call this before anything that begins the act's transaction.
        """
        found = self._taken() if self.file.data else kept_by_name(self.kept.data or "", self.purpose())
        if found is not None and not self.takes(found):
            found = None
        self.kept.data = name_kept(found, self.purpose()) if found else ""
        return found

    @classmethod
    def purpose(cls) -> str:
        """Return what a file was let in for: its name opens it on a form of this kind alone."""
        return f"{cls.__module__}.{cls.__qualname__}"

    def takes(self, file: KeptFile) -> bool:
        """Tell whether a kept file is of a kind that this form takes."""
        return file.media_type in {*self.kinds, *self.handed}

    def hand_over(self, file: KeptFile) -> None:
        """Take a file that another form has read and put away."""
        self.kept.process_data(name_kept(file, self.purpose()))

    def complete(self, file: KeptFile | None, missing: str) -> bool:
        """Validate the form and its file together, so that all that is missing is said at once.

        `missing` asks for the file; '' where it may be left out.
        """
        refused: list[Any] = list(self.file.errors)
        if not refused and file is None and missing:
            refused = [missing]
        sound = self.validate()
        self.file.errors = refused  # validating has taken it away
        return sound and not refused

    def look_at(self, name: str, data: bytes, largest: int) -> CleanFile:
        """Return a file as it is kept; raises Refusal for one that this form does not take: none of it is put away."""
        return attachments.look_at(name, data, largest=largest, kinds=self.kinds)

    def _taken(self) -> KeptFile | None:
        upload, largest = self.file.data, min(attachments.LARGEST, largest_file())
        try:
            clean = self.look_at(upload.filename or "", upload.stream.read(largest + 1), largest)
        except Refusal as no:
            self.refuse(no)
            return None
        finally:
            upload.close()  # a large one lies in a temporary file
        sha256 = current_app.extensions["techfloor"].blobs.put(clean.data)
        return KeptFile(clean.name, clean.media_type, len(clean.data), sha256)


def name_kept(file: KeptFile, purpose: str) -> str:
    """Return what names a kept file in an address or a form, to this person and for this purpose alone."""
    return str(_token(purpose).dumps(vars(file)))


def kept_by_name(name: str, purpose: str) -> KeptFile | None:
    """Return the kept file that `name_kept` named to this person for this purpose, None for any other word."""
    try:
        return KeptFile(**_token(purpose).loads(name)) if name else None
    except BadSignature:
        return None


def _token(purpose: str) -> URLSafeSerializer:
    """Return what signs the name of a kept file, so that nobody names one that is not theirs, or came for else."""
    return URLSafeSerializer(current_app.secret_key or b"", salt=f"kept file of {visitor().person_id} for {purpose}")


def handed_out(kind: str, number: str, attachment_id: int) -> Response:
    """Hand out a file of a record, as a download of the kind it was found to be; raises NotFound."""
    return hand_out(attachments.find(kind, number, attachment_id))


def hand_out(found: KeptFile) -> Response:
    """Hand out a kept file, as a download of the kind it was found to be."""
    data = current_app.extensions["techfloor"].blobs.get(found.sha256)
    return send_file(
        io.BytesIO(data), mimetype=found.media_type, as_attachment=True, download_name=found.name, max_age=0
    )
