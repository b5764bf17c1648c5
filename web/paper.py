"""HTML that stands alone as an accessible PDF (PDF/UA). Slow to load and to run: for commands and jobs only."""

from models.errors import EvokeError


class PdfLibrariesMissing(EvokeError):
    status = 500
    code = "pdf_libraries_missing"

    def __init__(self, why: str) -> None:
        super().__init__(
            f"PDFs cannot be made: a library of the system is missing ({why}). On Debian and Ubuntu install it with "
            "“apt install libpango-1.0-0 libpangoft2-1.0-0 fonts-dejavu-core”, on macOS with “brew install pango”, "
            "then try again. Everything else works without it."
        )


def as_pdf(html: str) -> bytes:
    """Tagged, in the system's fonts; nothing is fetched, neither from the network nor from the disk.

    Raises PdfLibrariesMissing.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except OSError as error:
        raise PdfLibrariesMissing(str(error).partition(":")[0]) from error
    nowhere = URLFetcher(allowed_protocols=())
    return bytes(HTML(string=html, url_fetcher=nowhere).write_pdf(pdf_variant="pdf/ua-1"))
