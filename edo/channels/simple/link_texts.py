"""The messages that carry a link to the signing page. Without «ё», as every text of the product."""

import re

from clients.messages.addresses import mask_address
from clients.messages.texts import safe_name
from edo.channels.simple.codes import name_document
from edo.models import SimpleSigning

# An SMS in Cyrillic.
PART_LENGTH = 70
LINK_WORDINGS = ("документ на подпись", "подпишите")
MIN_NAME_LENGTH = 15
EMAIL_SUBJECT = "Документ на подпись"
MAX_SENDER_LENGTH = 200
EMAIL_TEXT = """{sender} просит вас подписать документ: {document}.

Откройте ссылку, прочитайте документ и подпишите его:
{address}

Код для подписания придет в СМС на номер {phone}. Ссылку и код никому не сообщайте.
"""


def compose_link_text(sender: str, address: str) -> str:
    """«Ростелеком: документ на подпись https://…»: one part of an SMS, if it can be.

    The legal form of ``sender`` is left out when the name itself stands in quotes. A long address
    gets the shorter wording. What is signed is named by the page and by the message with the code.
    """
    quoted = re.search('[«"](.+)[»"]$', sender)
    name = quoted[1] if quoted else sender
    for wording in LINK_WORDINGS:
        rest = f": {wording} {address}"
        room = PART_LENGTH - len(rest)
        if room >= MIN_NAME_LENGTH:
            break
    return safe_name(name, max(room, MIN_NAME_LENGTH)) + rest


def compose_link_email(signing: SimpleSigning, address: str) -> str:
    """The text of the e-mail: who asks, what is to be signed, and where the code goes."""
    return EMAIL_TEXT.format(
        sender=safe_name(signing.box.name, MAX_SENDER_LENGTH),
        document=name_document(signing),
        address=address,
        phone=mask_address(signing.signer.phone),
    )
