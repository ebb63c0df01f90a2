"""What a browser calls itself, as its owner would recognise it: "Firefox · Windows"."""

BROWSERS = (
    ("MicroMessenger", "WeChat"),
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("Chrome", "Chrome"),
    ("CriOS", "Chrome"),
    ("Safari", "Safari"),
)
"""By a word in the User-Agent header; the first that is there, for most browsers also name those they imitate."""
SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("Linux", "Linux"),
)
SHOWN_LENGTH_MAX = 40


def device_name(user_agent: str) -> str:
    """Browser and system; else what it says of itself, shortened; "" when it says nothing."""
    found = [next((name for word, name in known if word in user_agent), "") for known in (BROWSERS, SYSTEMS)]
    return " · ".join(name for name in found if name) or user_agent[:SHOWN_LENGTH_MAX]
