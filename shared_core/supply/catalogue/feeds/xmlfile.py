"""XML from elsewhere, read piece by piece: no entities, no look outside the file, a limit to depth."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.etree.ElementTree import ParseError

from defusedxml.common import DefusedXmlException
from defusedxml.ElementTree import DefusedXMLParser

from shared_core.kernel.csvfile import FileUnreadable
from shared_core.kernel.i18n import N_

CHUNK_BYTES = 65_536
DEPTH_MAX = 50
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding=[\"']([\w-]+)")
_CHINESE = {"gb2312", "gbk", "gb18030"}


@dataclass(slots=True)
class Element:
    """An element with the line it starts on; names are without namespace. `parent` is the name of what it is in."""

    tag: str
    line: int
    parent: str = ""
    text: str = ""
    attributes: dict[str, str] = field(default_factory=dict)
    children: list["Element"] = field(default_factory=list)

    def all(self, tag: str) -> Iterator["Element"]:
        """Elements of this name directly inside."""
        return (child for child in self.children if child.tag == tag)

    def first(self, *path: str) -> str:
        """The text of the first element on the way down this path; "" where there is none."""
        here: Element | None = self
        for tag in path:
            here = next(here.all(tag), None) if here else None
        return here.text if here else ""


def root_name(file: str, content: bytes) -> str:
    """The name of the outermost element, without namespace. Raises FileUnreadable."""
    finder = _Collector(())
    for _ in _fed(file, content, finder):
        if finder.root:
            break
    return finder.root


def elements(file: str, content: bytes, wanted: Collection[str]) -> Iterator[Element]:
    """The outermost elements that have one of these names, as they end. Raises FileUnreadable."""
    collector = _Collector(wanted)
    for _ in _fed(file, content, collector):
        yield from collector.done
        collector.done.clear()


def _fed(file: str, content: bytes, collector: "_Collector") -> Iterator[None]:
    """Feed the content to the parser, pausing after each piece."""
    declared = _DECLARED.match(content)
    encoding = None
    try:
        if declared and declared[1].decode().casefold() in _CHINESE:
            content, encoding = content.decode("gb18030").encode(), "utf-8"
        parser = DefusedXMLParser(target=collector, encoding=encoding, forbid_entities=True, forbid_external=True)
        collector.parser = parser.parser
        for start in range(0, len(content), CHUNK_BYTES):
            parser.feed(content[start : start + CHUNK_BYTES])
            yield
        parser.close()
        yield
    except ParseError as error:
        raise FileUnreadable(file, error.position[0], N_("this is not well-formed XML; export it again")) from None
    except DefusedXmlException:
        line = collector.parser.CurrentLineNumber
        raise FileUnreadable(file, line, N_("it declares entities, which a feed has no use for")) from None
    except (ValueError, LookupError):
        raise FileUnreadable(file, 1, N_("its encoding is not understood; save it in UTF-8")) from None
    except _TooDeep:
        line = collector.parser.CurrentLineNumber
        raise FileUnreadable(file, line, N_("its elements lie more than {most} deep"), most=DEPTH_MAX) from None


class _TooDeep(Exception):
    """More elements in each other than any feed has."""


class _Collector:
    """What the parser calls: keeps what is wanted, forgets the rest."""

    def __init__(self, wanted: Collection[str]) -> None:
        self.wanted = wanted
        self.root = ""
        self.done: list[Element] = []
        self.parser: Any = None
        self._names: list[str] = []
        self._open: list[Element] = []
        self._texts: list[list[str]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag.rpartition("}")[2]
        self.root = self.root or name
        if self._open or name in self.wanted:
            parent = self._names[-1] if self._names else ""
            element = Element(name, self.parser.CurrentLineNumber, parent, attributes=attributes)
            if self._open:
                self._open[-1].children.append(element)
            self._open.append(element)
            self._texts.append([])
        self._names.append(name)
        if len(self._names) > DEPTH_MAX:
            raise _TooDeep

    def data(self, text: str) -> None:
        if self._open:
            self._texts[-1].append(text)

    def end(self, tag: str) -> None:
        self._names.pop()
        if self._open:
            ended = self._open.pop()
            ended.text = "".join(self._texts.pop()).strip()
            if not self._open:
                self.done.append(ended)

    def close(self) -> None:
        """Called at the end of the file."""
