"""Small pieces of the Atlassian Document Format have the shape that Jira accepts."""

from __future__ import annotations

from remediation.trackers import adf


def test_document_has_its_version_and_blocks() -> None:
    paragraph = adf.paragraph(adf.text("Hello "), adf.text("world", strong=True))
    assert adf.document(paragraph) == {
        "type": "doc",
        "version": 1,
        "content": [
            {
                "type": "paragraph",
                "content": [
                    {"type": "text", "text": "Hello "},
                    {"type": "text", "text": "world", "marks": [{"type": "strong"}]},
                ],
            }
        ],
    }


def test_link_is_a_mark() -> None:
    assert adf.text("here", href="https://a.test/")["marks"] == [
        {"type": "link", "attrs": {"href": "https://a.test/"}}
    ]


def test_empty_text_becomes_a_space_and_long_text_is_cut() -> None:
    assert adf.text("")["text"] == " "
    assert len(adf.text("x" * 40_000)["text"]) == adf.TEXT_LIMIT


def test_facts_are_a_list_of_names_and_values() -> None:
    found = adf.facts([("Owner", "Jon Aalto"), ("Due", "2018-12-14")])
    assert found["type"] == "bulletList"
    assert [item["type"] for item in found["content"]] == ["listItem", "listItem"]
    first = found["content"][0]["content"][0]
    assert first["type"] == "paragraph"
    assert [node["text"] for node in first["content"]] == ["Owner: ", "Jon Aalto"]
