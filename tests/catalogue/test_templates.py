"""Promise 3 in the catalogue: nothing that varies stands in what decides where a URL leads."""

import pytest

from agent.catalogue.templates import checked_help_url, checked_target_url


@pytest.mark.parametrize(
    "url",
    [
        "https://livechat.acme.com/start-chat?queue_id={queue_id}",
        "https://a.b:8443/{queue_id}/x?s={summary}&n={name}#{email}-{reference}",
        "https://[2001:db8::1]/?q={queue_id}",
        "https://a.b?q={queue_id}",
        "https://a.b/%20/{queue_id}",
    ],
)
def test_good_target_urls(url: str) -> None:
    assert checked_target_url(url) == url


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://a.b/{queue_id}", 'must start with "https://"'),
        ("HTTPS://a.b/{queue_id}", 'must start with "https://"'),
        ("ftp://a.b/{queue_id}", 'must start with "https://"'),
        ("//a.b/{queue_id}", 'must start with "https://"'),
        ("javascript:alert({queue_id})", 'must start with "https://"'),
        ("mailto:a@b.c?body={queue_id}", 'must start with "https://"'),
        ("{queue_id}://a.b/", "not stand in the scheme"),
        ("https://{queue_id}.a.b/", "not stand in host or port"),
        ("https://a.b:{queue_id}/", "not stand in host or port"),
        ("https://a.b{queue_id}", "not stand in host or port"),
        ("https://{queue_id}@a.b/", "not stand in host or port"),
        ("https://user:pw@a.b/{queue_id}", "user name or password"),
        ("https://a.b\\@evil.com/{queue_id}", "cannot stand in a URL"),
        ("https:///{queue_id}", "is no host"),
        ("https://a..b/{queue_id}", "is no host"),
        ("https://-a.b/{queue_id}", "is no host"),
        ("https://a.b:99999/{queue_id}", "is no host"),
        ("https://a.b:0/{queue_id}", "is no host"),
        ("https://a%2eb/{queue_id}", "is no host"),
        ("https://a.b/?q=1", "no {queue_id}"),
        ("https://a.b/?q={queue}", "unknown placeholder {queue}: use {queue_id}, {summary}"),
        ("https://a.b/?q={}", "unknown placeholder {}"),
        ("https://a.b/?q={queue_id}}", "a brace has no partner"),
        ("https://a.b/?q={{queue_id}", "a brace has no partner"),
        ("https://a.b/?q=%{queue_id}", "cannot stand in a URL"),
        ("https://a.b/a b/{queue_id}", "cannot stand in a URL"),
        ("https://bücher.example/{queue_id}", "cannot stand in a URL"),
    ],
)
def test_bad_target_urls(url: str, text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 — the text is looked at
        checked_target_url(url)
    assert text in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        "https://it.acme.com",
        "https://it.acme.com/new?text={summary}",
        "mailto:help@acme.com",
        "mailto:help@acme.com?subject=Help&body={summary}",
        "tel:+1-555-0100",
        "tel:112;ext=3",
    ],
)
def test_good_help_urls(url: str) -> None:
    assert checked_help_url(url) == url


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("http://it.acme.com", '"https://", "mailto:" or "tel:"'),
        ("javascript:alert(1)", '"https://", "mailto:" or "tel:"'),
        ("it.acme.com", '"https://", "mailto:" or "tel:"'),
        ("mailto:{email}?body=x", 'behind the "?"'),
        ("mailto:{name}@acme.com", 'behind the "?"'),
        ("mailto:", "needs an address"),
        ("mailto:help", "needs an address"),
        ("tel:{reference}", 'behind the "?"'),
        ("tel:help", "needs a number"),
        ("https://{name}.acme.com/", "not stand in host or port"),
        ("https://it.acme.com/{nmae}", "unknown placeholder {nmae}"),
    ],
)
def test_bad_help_urls(url: str, text: str) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 — the text is looked at
        checked_help_url(url)
    assert text in str(caught.value)
