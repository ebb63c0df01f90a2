"""What can be wrong with documents and terms."""

from shared_core.kernel.errors import Conflict, Invalid, NotFound


class UnknownDocument(NotFound):
    code = "unknown_document"
    message = "There is no document {document} of {supplier}."


class BadDocument(Invalid):
    code = "bad_document"
    message = "Write down its number, with 1 to {most} characters."


class DocumentExpired(Invalid):
    code = "document_expired"
    message = "It was valid until {day} only. Upload one that is valid."


class TooManyDocuments(Conflict):
    code = "too_many_documents"
    message = "No more than {maximum} documents are taken in a day. Hand the others in tomorrow."


class DocumentDecided(Conflict):
    code = "document_decided"
    message = "Another document took the place of this one. Look at the newest."


class SectorsUndeclared(Conflict):
    code = "sectors_undeclared"
    message = "Nobody has said yet whether {supplier} sells food, cosmetics or medical devices. Write it down first."


class DeclarationClosed(Conflict):
    code = "declaration_closed"
    message = "What you sell was looked at already. Ask the people of the hub to change it."


class DocumentsLacking(Conflict):
    """`kinds` says which, and what is wrong with each."""

    code = "documents_lacking"
    message = "Not all documents of {supplier} are in order: {kinds}."


class BadRequirements(Invalid):
    code = "bad_requirements"
    message = "Warnings begin between 0 and {most} days before."


class BadTerms(Invalid):
    code = "bad_terms"
    message = "Terms have between 1 and {most} characters."


class TermsTooSoon(Invalid):
    code = "terms_too_soon"
    message = "{day} is over. Give suppliers until today at least."


class NoTerms(NotFound):
    code = "no_terms"
    message = "There are no such terms."


class TermsChanged(Conflict):
    code = "terms_changed"
    message = "These are not the present terms. Read those first."


class TermsNotAccepted(Conflict):
    code = "terms_not_accepted"
    message = "{supplier} has not accepted the present terms. Its people do that in the portal."
