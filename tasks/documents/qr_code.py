"""QR codes, as papers and pages print them."""

from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M
from qrcode.image.svg import SvgPathImage


def qr_code(link: str) -> str:
    """A QR code of the link alone (ISO/IEC 18004, correction level M) as SVG."""
    code = QRCode(error_correction=ERROR_CORRECT_M, border=4)
    code.add_data(link)
    code.make(fit=True)
    return code.make_image(image_factory=SvgPathImage).to_string(encoding="unicode")
