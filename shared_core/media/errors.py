"""Why a picture cannot be had or shown. What is `Away` may work later; everything else needs somebody to act."""

from shared_core.kernel.errors import Away, Invalid


class NotAPicture(Invalid):
    code = "not_a_picture"
    message = "This is no JPEG, PNG, WebP, GIF or AVIF picture that can be read. Save it again as one of these."


class NotADocument(Invalid):
    code = "not_a_document"
    message = "This is no PDF, JPEG or PNG that can be read. Save it again as one of these."


class DocumentTooHeavy(Invalid):
    code = "document_too_heavy"
    message = "The document has more than {maximum} MB. Save it smaller."


class PictureTooHeavy(Invalid):
    code = "picture_too_heavy"
    message = "The picture has more than {maximum} MB. Save it smaller."


class TooManyPixels(Invalid):
    code = "too_many_pixels"
    message = "The picture has more than {maximum} megapixels. Save it smaller."


class BadPictureAddress(Invalid):
    code = "bad_picture_address"
    message = "{url} is no address of a picture: write http or https, a host, and no name or password."


class AddressNotPublic(Invalid):
    code = "address_not_public"
    message = "{host} is not on the public internet, so it is not asked. If it is yours, name it in {setting}."


class TooManyRedirects(Invalid):
    code = "too_many_redirects"
    message = "{host} sends on and on, more than {maximum} times. Give the picture's own address."


class PictureRefused(Invalid):
    code = "picture_refused"
    message = "{host} does not give the picture: it answers {status}. Correct the address or let us in."


class PictureChanged(Invalid):
    code = "picture_changed"
    message = "What {host} sent is not the picture that was promised."


class PictureAway(Away):
    code = "picture_away"
    message = "{host} gave no picture: {reason}."
