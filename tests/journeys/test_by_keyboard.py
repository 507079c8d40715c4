"""A whole review by the keyboard alone, in a real browser: no mouse, and the focus is seen wherever it goes."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from django_scopes import scope
from playwright.sync_api import Page, expect

from governance.models import User
from reviews.enums import ReviewState
from reviews.models import Question, Section, SignOff
from reviews.services import answer_question
from tests.browser import NewContext
from tests.factories import PASSWORD
from tests.reviews.builders import Setting, make_setting

pytestmark = pytest.mark.journey

WHY = "The quorum log shows the promotion."
ANSWER = "Unknown, because nobody measured it."
MOST_TABS = 300
# What has the focus: its name as it is read out, whether it can be seen in the window, and whether a ring is drawn
# around it or, for a box that its label draws, around the label.
_FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const words = (node) => node.textContent.replace(/\\s+/g, " ").trim();
  const by = (one.getAttribute("aria-labelledby") || "").split(/\\s+/).filter(Boolean);
  const name = one.getAttribute("aria-label")
    || by.map((id) => words(document.getElementById(id))).join(" ")
    || [...(one.labels || [])].map(words).join(" ") || words(one) || one.title || one.value || "";
  const shown = one.closest("label") || one;
  const box = shown.getBoundingClientRect();
  const ringed = [one, shown].some((node) => {
    const style = getComputedStyle(node);
    return style.boxShadow !== "none" || (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0);
  });
  return {
    name, ringed, html: one.outerHTML.slice(0, 200),
    section: one.closest("section[id]")?.id || "",
    visible: shown.checkVisibility({visibilityProperty: true, opacityProperty: true}) && box.width > 1
      && box.height > 1 && box.bottom > 0 && box.right > 0 && box.top < innerHeight && box.left < innerWidth,
  };
}"""


@pytest.fixture
def setting(transactional_db: None) -> Iterator[Setting]:
    """A draft with one question left."""
    made = make_setting()
    with scope(organization=made.organization):
        for question in list(Question.objects.filter(review=made.review, answer=""))[1:]:
            answer_question(actor=made.mara, question=question, answer=ANSWER)
        yield made


def tab_to(page: Page, name: str, key: str = "Tab") -> None:
    """Walk on until the focus is on what is read out so; wherever it rests on the way, it is seen."""
    passed: list[str] = []
    for _ in range(MOST_TABS):
        page.keyboard.press(key)
        found = page.evaluate(_FOCUSED)
        if found is None:  # from the last stop to the first, the focus passes the page itself
            continue
        assert found["visible"], f"The focus is on what cannot be seen on {page.url}: {found['html']}"
        assert found["ringed"], f"Nothing shows that this has the focus on {page.url}: {found['html']}"
        if re.search(name, found["name"]):
            return
        passed.append(found["name"][:60])
    pytest.fail(f"No way by {key} to “{name}” on {page.url}; passed: {passed}")


def _enter(page: Page, name: str, key: str = "Enter") -> None:
    tab_to(page, name)
    page.keyboard.press(key)


def _write(page: Page, name: str, words: str) -> None:
    tab_to(page, name)
    page.keyboard.type(words)


def _focus_is_in(page: Page, section: str) -> None:
    """The part that was exchanged took the focus with it: the next Tab goes on from there."""
    found = page.evaluate(_FOCUSED)
    for _ in range(50):
        if found is not None:
            break
        page.wait_for_timeout(100)
        found = page.evaluate(_FOCUSED)
    assert found is not None, "The focus is lost to the page itself"
    assert found["section"] == section, f"The focus went elsewhere: {found['html']}"


def _signed_in(new_context: NewContext, person: User) -> Page:
    page = new_context().new_page()
    page.goto("/sign-in/")
    _write(page, "^Email", person.email)
    _write(page, "^Password", PASSWORD)
    page.keyboard.press("Enter")
    expect(page.locator(".sidebar")).to_be_visible()
    page.wait_for_load_state()
    return page


def _from_my_work(page: Page, name: str) -> None:
    _enter(page, "^My work")
    expect(page.get_by_role("heading", level=1, name="My work")).to_be_visible()
    page.wait_for_load_state()
    _enter(page, "^Skip to the content$")
    _enter(page, name)
    expect(page).to_have_url(re.compile("/reviews/"))
    page.wait_for_load_state()


def _write_summary(page: Page) -> None:
    _enter(page, "^Edit Summary$")
    box = page.get_by_role("textbox", name="Text")
    expect(box).to_be_visible()
    _focus_is_in(page, "summary")
    if not box.evaluate("(field) => field === document.activeElement"):
        tab_to(page, "^Text")
    page.keyboard.press("Control+End")
    page.keyboard.type(" Customers saw it #errors")
    expect(page.get_by_role("option").first).to_contain_text("Customers see errors")
    page.keyboard.press("Enter")
    expect(box).to_have_value(re.compile(r"Customers saw it \[E\d+\] $"))
    _enter(page, "^Save summary$")
    expect(page.get_by_role("link", name="Edit Summary")).to_be_visible()
    _focus_is_in(page, "summary")


def _leave_it_as_it_was(page: Page) -> None:
    """Opened and left again by Shift+Tab: the focus is back where the editor was opened."""
    tab_to(page, "^Edit Summary$", key="Shift+Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("textbox", name="Text")).to_be_visible()
    _focus_is_in(page, "summary")
    _enter(page, "^Leave it as it was$")
    expect(page.get_by_role("link", name="Edit Summary")).to_be_visible()
    _focus_is_in(page, "summary")


def _answer_the_question(page: Page) -> None:
    _enter(page, "^Answer: ")
    expect(page).to_have_url(re.compile("/questions/"))
    page.wait_for_load_state()
    _write(page, "^Answer", ANSWER)
    _enter(page, "^Answer$")
    expect(page.get_by_role("link", name="Edit Summary")).to_be_visible()
    page.wait_for_load_state()


def _sign(page: Page, title: str) -> None:
    _from_my_work(page, title)
    expect(page).to_have_url(re.compile(r"/sign/"))
    tab_to(page, "Confirmed|Probable|Suspected|Unknown")
    probable = page.get_by_role("radio", name=re.compile("Probable"))
    for _ in range(5):
        page.keyboard.press("ArrowDown")
        if probable.is_checked():
            break
    expect(probable).to_be_checked()
    expect(probable).to_be_focused()
    _write(page, "^Why", WHY)
    _enter(page, "^Sign this text$")
    expect(page.get_by_text("You signed as")).to_be_visible()


def test_review_is_written_signed_and_published_by_keyboard_alone(
    setting: Setting, new_context: NewContext
) -> None:
    jon = _signed_in(new_context, setting.jon)
    _from_my_work(jon, setting.incident.title)
    _write_summary(jon)
    _leave_it_as_it_was(jon)
    _answer_the_question(jon)
    _enter(jon, "^Submit")
    expect(jon.locator("#actionbar")).to_be_visible()
    assert re.search(
        r"Customers saw it \[E\d+\]$", Section.objects.get(review=setting.review, key="summary").body
    )
    assert setting.now().state == ReviewState.IN_REVIEW
    priya, mara = (_signed_in(new_context, one) for one in (setting.priya, setting.mara))
    _sign(priya, setting.incident.title)
    _sign(mara, setting.incident.title)
    _enter(mara, "^Publish")
    expect(mara.get_by_role("heading", name="Signed and published")).to_be_visible()
    assert setting.now().state == ReviewState.PUBLISHED
    signed = SignOff.objects.values_list("signer__name", "confidence", "reason")
    assert set(signed) == {(name, "probable", WHY) for name in ("Priya Nair", "Mara Okafor")}
