"""The member's page about password and devices."""

import pytest

from shared_core.web.device_words import device_name
from tests.storefront.conftest import PASSWORD, Front
from tests.storefront.walker import Walker, walker

PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605 (KHTML) Version/17.0 Safari/604.1"


def on_a_phone(front: Front) -> Walker:
    phone = walker(front)
    phone.client.headers["User-Agent"] = PHONE
    phone.open("/login")
    phone.send("/login", login="ada@example.com", password=PASSWORD)
    return phone


def test_a_new_password_is_set_and_the_other_devices_are_out(front: Front) -> None:
    ada = walker(front)
    ada.sign_up("ada@example.com", "Ada")
    phone = on_a_phone(front)
    assert "/me/log-ins" in ada.open("/me").links
    page = ada.open("/me/log-ins")
    assert "Safari · iPhone" in page.text and "this device" in page.text
    page = ada.send("/me/log-ins/password", old="a guess at it", new="another quiet lamp")
    assert page.status == 422 and "The present password is not right." in page.text
    page = ada.send("/me/log-ins/password", old=PASSWORD, new="password")
    assert page.status == 422 and "at least 10 characters" in page.text
    page = ada.send("/me/log-ins/password", old=PASSWORD, new="another quiet lamp")
    assert "You have a new password." in page.text and "Safari · iPhone" not in page.text
    assert phone.open("/me").headings[0] == "Welcome back"
    phone.open("/login")
    assert phone.send("/login", login="ada@example.com", password=PASSWORD).status == 401
    phone.open("/login")
    assert phone.send("/login", login="ada@example.com", password="another quiet lamp").status == 200


def test_one_device_or_all_others_are_logged_out(front: Front) -> None:
    ada = walker(front)
    ada.sign_up("ada@example.com", "Ada")
    phones = [on_a_phone(front) for _ in range(3)]
    page = ada.open("/me/log-ins")
    one = next(form.action for form in page.forms if form.action.endswith("/end"))
    assert "Logged out there." in ada.send(one).text
    assert [phone.open("/me").headings[0] == "Welcome back" for phone in phones] == [False, False, True]
    page = ada.send("/me/log-ins/devices/end-others")
    assert [phone.open("/me").headings[0] for phone in phones] == ["Welcome back"] * 3
    assert not [form for form in page.forms if "devices" in form.action]
    assert ada.open("/me").status == 200


def test_the_page_is_for_members(front: Front) -> None:
    assert walker(front).open("/me/log-ins").headings[0] == "Welcome back"


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        (PHONE, "Safari · iPhone"),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/120 Safari/537 Edg/120", "Edge · Windows"),
        ("Mozilla/5.0 (Linux; Android 14) Chrome/120 Mobile MicroMessenger/8.0", "WeChat · Android"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_0) Gecko Firefox/121.0", "Firefox · Mac"),
        ("curl/8.5", "curl/8.5"),
        ("x" * 100, "x" * 40),
        ("", ""),
    ],
)
def test_a_device_is_named_as_its_owner_would_name_it(said: str, shown: str) -> None:
    assert device_name(said) == shown
