"""What must hold of a page as people meet it: no barrier that axe knows of, and nothing to scroll sideways."""

from functools import cache

from playwright.sync_api import Page

from web.assets import NODE_MODULES

DESK, PHONE, SMALLEST = 1280, 390, 360


@cache
def _axe() -> str:
    return (NODE_MODULES / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


def check_accessible(page: Page) -> None:
    """Every rule of axe, best practices too, whatever its impact."""
    page.evaluate(_axe())  # by the debugger's way, which the page's security policy does not bind
    violations = page.evaluate("axe.run({resultTypes: ['violations']}).then(found => found.violations)")
    assert not violations, "\n".join(
        f"{v['id']} ({v['impact']}): {v['help']}: {[node['html'][:160] for node in v['nodes'][:3]]}" for v in violations
    )


def check_fits(page: Page) -> None:
    """Nothing is wider than the window."""
    too_wide = page.evaluate(
        """() => document.documentElement.scrollWidth <= innerWidth ? null :
            [...document.body.querySelectorAll('*')].filter(e => e.getBoundingClientRect().right > innerWidth + 1)
            .slice(0, 5).map(e => e.outerHTML.slice(0, 120))"""
    )
    assert too_wide is None, f"wider than {page.viewport_size}: {too_wide or 'a long word'}"


def check_look(page: Page) -> None:
    """At a desk, on a phone, and on the smallest phone."""
    for width in (DESK, PHONE):
        page.set_viewport_size({"width": width, "height": 900})
        check_accessible(page)
        check_fits(page)
    page.set_viewport_size({"width": SMALLEST, "height": 740})
    check_fits(page)
