"""An address as a QR code."""


def qr_code(address: str) -> str:
    """As inline SVG, dark on white whatever the page's colours."""
    import segno

    svg: str = segno.make(address, error="m").svg_inline(border=4, light="#fff", omitsize=True, svgclass="evoke-qr")
    return svg
