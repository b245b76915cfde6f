#!/usr/bin/env python3
"""A second implementation of the log's bytes, from docs/format.md alone, held against the vectors beside it.

It reads and writes leaves, bodies and segments, and reads what is packed and parcels. Nothing here is shared with the
program: whatever the document leaves unsaid, or says otherwise than the program does, fails here.

    pip install blake3 cryptography zstandard
    python tests/vectors/second_reader.py
"""

import json
import sys
from datetime import date, time
from pathlib import Path
from uuid import UUID

from blake3 import blake3
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from zstandard import DICT_TYPE_FULLDICT, ZstdCompressionDict, ZstdDecompressor, ZstdError, frame_content_size

VECTORS = Path(__file__).resolve().parent
DICTIONARIES = VECTORS.parent.parent / "assets" / "dictionaries"
SEGMENT_BYTES = 4 << 20
PARCEL_BYTES = 8 << 20
LONGEST_SHARED_TEXT = 255
FIRST_LATER_CODE = 16


class Refused(Exception):
    """The bytes are none of the format's."""


# --- Primitives


class Reader:
    """Bytes from the first to the last."""

    def __init__(self, data):
        self.data, self.at = data, 0

    def take(self, length):
        if self.at + length > len(self.data):
            raise Refused("truncated")
        self.at += length
        return self.data[self.at - length : self.at]

    def varint(self):
        value = shift = 0
        while True:
            byte = self.take(1)[0]
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                break
        if value >> 64 or (byte == 0 and shift > 7):
            raise Refused("number")
        return value

    def signed(self):
        return unzigzag(self.varint())

    def text(self):
        return utf8(self.take(self.varint()))

    def rest(self):
        return self.take(len(self.data) - self.at)

    def end(self):
        if self.at != len(self.data):
            raise Refused("bytes after the end")


def utf8(data):
    try:
        return data.decode()
    except UnicodeDecodeError as why:
        raise Refused("text") from why


def zigzag(value):
    return value * 2 if value >= 0 else -value * 2 - 1


def unzigzag(value):
    return value >> 1 if value & 1 == 0 else -(value >> 1) - 1


def varint(value):
    out = bytearray()
    while value >= 0x80:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def varints(data):
    reader = Reader(data)
    numbers = []
    while reader.at < len(data):
        numbers.append(reader.varint())
    return numbers


def text(words):
    return varint(len(words.encode())) + words.encode()


def hashed(lead, *parts):
    return blake3(bytes([lead]) + b"".join(parts)).digest()


def lane_id(device, incarnation, scope):
    name = device + incarnation.to_bytes(8, "little") + scope.encode()
    return blake3(name, derive_key_context="arumbae 2026 lane id").digest()[:16]


# --- Operations, in the shape the vectors have them. An operation is one grammar, read from and written to two layouts:
# --- the stream of a leaf and the columns of a body.

# After the record, each part in its order: name in the vectors and what it is.
GRAMMAR = {
    0: ("create", [("kind", "number")]),
    1: ("set", [("field", "field"), ("value", "value"), ("preds", "ids")]),
    2: ("transition", [("from", "text"), ("to", "text"), ("reason", "text"), ("preds", "ids")]),
    3: ("revise", [("field", "field"), ("base", "ids"), ("text", "text"), ("preds", "ids")]),
    4: ("add", [("list", "field"), ("element", "value")]),
    5: ("remove", [("list", "field"), ("observed", "ids")]),
    6: ("delete", [("reason", "text"), ("observed", "ids")]),
    7: ("restore", [("preds", "ids")]),
    8: ("resolve", [("field", "field"), ("choice", "value"), ("note", "text"), ("preds", "ids")]),
    9: ("rehome", [("from", "text"), ("to", "text")]),
    10: ("attach", [("blob", "hash"), ("byte_length", "number"), ("media_type", "text")]),
}
CODES = {name: code for code, (name, _) in GRAMMAR.items()}


def read_operation(source):
    code, record = source.operation()
    if code >= FIRST_LATER_CODE:
        return {"later": {"record": record, "code": code, "body": source.later().hex()}}
    if code not in GRAMMAR:
        raise Refused("operation")
    name, parts = GRAMMAR[code]
    said = {"record": record}
    for part, kind in parts:
        said[part] = read_value(source) if kind == "value" else getattr(source, kind)()
    return {name: said}


def write_operation(operation, sink):
    ((name, said),) = operation.items()
    if name == "later":
        sink.operation(said["code"], said["record"])
        sink.later(bytes.fromhex(said["body"]))
        return
    code = CODES[name]
    sink.operation(code, said["record"])
    for part, kind in GRAMMAR[code][1]:
        if kind == "value":
            write_value(said[part], sink)
        else:
            getattr(sink, kind)(said[part])


def read_value(source):
    tag = source.tag()
    if tag <= 2:
        return [None, False, True][tag]
    if tag == 3:
        return {"integer": unzigzag(source.number())}
    if tag == 4:
        return {"text": source.text()}
    if tag == 5:
        year, rest = divmod(unzigzag(source.number()), 372)
        return {"date": date(year + 2000, rest // 31 + 1, rest % 31 + 1).isoformat()}
    if tag in (6, 7):
        nanos = source.number() * (60_000_000_000 if tag == 6 else 1)
        return {"time": time_of_day(nanos)}
    if tag in (8, 9):
        millis = unzigzag(source.number())
        return {"instant_ns": str(millis * 1_000_000 + (source.number() if tag == 9 else 0))}
    if tag == 10:
        return {"record": source.reference()}
    if tag == 11:
        return {"blob": source.hash()}
    raise Refused("value")


def write_value(value, sink):
    if value is None or isinstance(value, bool):
        sink.tag(0 if value is None else 1 + value)
        return
    ((kind, said),) = value.items()
    if kind == "integer":
        put_numbers(sink, 3, zigzag(said))
    elif kind == "text":
        sink.tag(4)
        sink.text(said)
    elif kind == "date":
        day = date.fromisoformat(said)
        put_numbers(sink, 5, zigzag((day.year - 2000) * 372 + (day.month - 1) * 31 + day.day - 1))
    elif kind == "time":
        minutes, rest = divmod(nanos_of_day(said), 60_000_000_000)
        put_numbers(sink, *((7, nanos_of_day(said)) if rest else (6, minutes)))
    elif kind == "instant_ns":
        millis, nanos = divmod(int(said), 1_000_000)
        put_numbers(sink, *((9, zigzag(millis), nanos) if nanos else (8, zigzag(millis))))
    elif kind == "record":
        sink.tag(10)
        sink.reference(said)
    elif kind == "blob":
        sink.tag(11)
        sink.hash(said)


def put_numbers(sink, tag, *numbers):
    sink.tag(tag)
    for number in numbers:
        sink.number(number)


def time_of_day(nanos):
    whole = time(nanos // 3_600_000_000_000, nanos // 60_000_000_000 % 60, nanos // 1_000_000_000 % 60).isoformat()
    rest = nanos % 1_000_000_000
    return whole + (f".{rest:09}".rstrip("0") if rest else "")


def nanos_of_day(words):
    whole, _, rest = words.partition(".")
    hour, minute, second = map(int, whole.split(":"))
    return ((hour * 60 + minute) * 60 + second) * 1_000_000_000 + int(rest.ljust(9, "0") or 0)


# --- Leaves


class LeafSource(Reader):
    record = None

    def operation(self):
        head = self.varint()
        if head & 1 == 0:
            self.record = self.reference()
        elif self.record is None:
            raise Refused("the first operation has no record")
        return head >> 1, self.record

    field = number = Reader.varint

    def tag(self):
        return self.take(1)[0]

    def reference(self):
        return str(UUID(bytes=self.take(16)))

    def hash(self):
        return self.take(32).hex()

    def ids(self):
        return [[self.take(16).hex(), self.varint(), self.varint()] for _ in range(self.varint())]

    def later(self):
        return self.take(self.varint())


class LeafSink:
    record = None

    def __init__(self):
        self.out = bytearray()

    def operation(self, code, record):
        self.number(code * 2 + (record == self.record))
        if record != self.record:
            self.reference(record)
        self.record = record

    def number(self, number):
        self.out += varint(number)

    field = number

    def tag(self, tag):
        self.out.append(tag)

    def text(self, words):
        self.out += text(words)

    def reference(self, record):
        self.out += UUID(record).bytes

    def hash(self, digest):
        self.out += bytes.fromhex(digest)

    def ids(self, ids):
        self.number(len(ids))
        for lane, number, place in ids:
            self.out += bytes.fromhex(lane) + varint(number) + varint(place)

    def later(self, body):
        self.out += varint(len(body)) + body


def read_leaf(data):
    source = LeafSource(data)
    number, clock = source.varint(), source.varint()
    save = {
        "number": number,
        "clock": {"millis": clock >> 16, "counter": clock & 0xFFFF},
        "actor": source.reference(),
        "policy_epoch": source.varint(),
        "schema_version": source.varint(),
        "seen": [[source.take(16).hex(), source.varint()] for _ in range(source.varint())],
    }
    save["operations"] = [read_operation(source) for _ in range(source.varint())]
    source.end()
    return save


def write_leaf(save):
    sink = LeafSink()
    sink.number(save["number"])
    sink.number(save["clock"]["millis"] << 16 | save["clock"]["counter"])
    sink.reference(save["actor"])
    sink.number(save["policy_epoch"])
    sink.number(save["schema_version"])
    sink.number(len(save["seen"]))
    for lane, number in save["seen"]:
        sink.out += bytes.fromhex(lane) + varint(number)
    sink.number(len(save["operations"]))
    for operation in save["operations"]:
        write_operation(operation, sink)
    return bytes(sink.out)


def tree_of(hashes):
    while len(hashes) > 1:
        pairs = [hashes[at : at + 2] for at in range(0, len(hashes), 2)]
        hashes = [hashed(1, *pair) if len(pair) == 2 else pair[0] for pair in pairs]
    return hashes[0]


# --- Columns

MILLIS, COUNTERS, ACTORS, EPOCHS, SCHEMAS, SEEN, SEEN_LANES, SEEN_NUMBERS, OPERATIONS = range(9)
CODES_COLUMN, RECORDS, FIELDS, TAGS, NUMBERS, IDS, ID_LANES, ID_NUMBERS, ID_PLACES, TEXT_LENGTHS = range(9, 19)
LATER, TEXTS, RECORD_TIMES, RECORD_NAMES, ACTOR_TABLE, LANE_TABLE, HASHES = range(19, 26)
COLUMNS = 26
OF_PAIRS = [TAGS, NUMBERS, IDS, ID_LANES, ID_NUMBERS, ID_PLACES, TEXT_LENGTHS, TEXTS]


class Columns:
    """What reading and writing columns have in common: what the next number is told from."""

    def __init__(self, lanes, parcel):
        self.parcel = parcel
        self.lanes, self.last_numbers = list(lanes), [0] * len(lanes)
        self.own = self.number_at_hand = self.millis = self.epoch = self.record_time = 0
        self.actors, self.records, self.record = [], [], None
        self.pairs, self.pair, self.texts = [], None, {}

    def place(self, column):
        """Which column is meant: in a parcel, of which pair of operation and field."""
        if not self.parcel or column not in OF_PAIRS:
            return column
        if self.pair not in self.pairs:
            self.pairs.append(self.pair)
        return column, self.pairs.index(self.pair)

    def order(self, pairs):
        """A parcel's columns in the order they are written."""
        for column in range(COLUMNS):
            yield from ((column, pair) for pair in range(pairs)) if column in OF_PAIRS else [column]


class ColumnSource(Columns):
    def __init__(self, data, lanes, parcel=False):
        super().__init__(lanes, parcel)
        reader = Reader(data)
        pairs = reader.varint() if parcel else 0
        plain = reader.varint()
        sets = [reader.varint() for _ in range(pairs)]
        if plain >> COLUMNS or any(one >> len(OF_PAIRS) for one in sets):
            raise Refused("column")

        def is_there(place):
            if isinstance(place, tuple):
                column, pair = place
                return sets[pair] >> OF_PAIRS.index(column) & 1
            return plain >> place & 1

        there = [place for place in (self.order(pairs) if parcel else range(COLUMNS)) if is_there(place)]
        lengths = [reader.varint() for _ in there]
        self.columns = {place: Reader(reader.take(length)) for place, length in zip(there, lengths)}
        reader.end()

    def next(self, column):
        reader = self.columns.get(self.place(column))
        return reader.varint() if reader else 0

    def bytes(self, column, length):
        return self.columns.get(self.place(column), Reader(b"")).take(length)

    def save(self, number, newest_schema):
        self.number_at_hand = number
        self.millis += unzigzag(self.next(MILLIS))
        save = {"number": number, "clock": {"millis": self.millis, "counter": self.next(COUNTERS)}}
        save["actor"] = self.entry(self.next(ACTORS), self.actors, lambda: str(UUID(bytes=self.bytes(ACTOR_TABLE, 16))))
        self.epoch += unzigzag(self.next(EPOCHS))
        save["policy_epoch"] = self.epoch
        save["schema_version"] = newest_schema - self.next(SCHEMAS)
        save["seen"] = [self.in_lane(SEEN_LANES, SEEN_NUMBERS) for _ in range(self.next(SEEN))]
        save["operations"] = [read_operation(self) for _ in range(self.next(OPERATIONS))]
        return save

    @staticmethod
    def entry(at, table, read_next):
        if at == len(table):
            table.append(read_next())
        if at > len(table):
            raise Refused("table")
        return table[at]

    def in_lane(self, lanes, numbers):
        written = self.next(lanes)
        at = self.own if written == 0 else written - 1 if written <= self.own else written
        if at == len(self.lanes):
            self.last_numbers.append(0)
        lane = self.entry(at, self.lanes, lambda: self.bytes(LANE_TABLE, 16).hex())
        expected = self.number_at_hand if at == self.own else self.last_numbers[at]
        self.last_numbers[at] = expected - unzigzag(self.next(numbers))
        return [lane, self.last_numbers[at]]

    def operation(self):
        code = self.next(CODES_COLUMN)
        self.pair = (code, None)
        return code, self.reference()

    def field(self):
        field = self.next(FIELDS)
        self.pair = (self.pair[0], field)
        return field

    def number(self):
        return self.next(NUMBERS)

    def tag(self):
        return self.next(TAGS)

    def text(self):
        word = self.next(TEXT_LENGTHS)
        known = self.texts.setdefault(self.place(TEXTS), [])
        if word & 1:
            if word >> 1 >= len(known):
                raise Refused("text")
            return known[word >> 1]
        words = utf8(self.bytes(TEXTS, word >> 1))
        if 1 <= word >> 1 <= LONGEST_SHARED_TEXT:
            known.append(words)
        return words

    def reference(self):
        word = self.next(RECORDS)
        if word == 1:
            self.record_time += unzigzag(self.next(RECORD_TIMES))
            self.record = str(UUID(bytes=self.record_time.to_bytes(6, "big") + self.bytes(RECORD_NAMES, 10)))
            self.records.append(self.record)
        elif word > 1:
            if word - 2 >= len(self.records):
                raise Refused("record")
            self.record = self.records[word - 2]
        if self.record is None:
            raise Refused("record")
        return self.record

    def hash(self):
        return self.bytes(HASHES, 32).hex()

    def ids(self):
        return [[*self.in_lane(ID_LANES, ID_NUMBERS), self.next(ID_PLACES)] for _ in range(self.next(IDS))]

    def later(self):
        return self.bytes(LATER, self.columns[LATER].varint())

    def end(self):
        for reader in self.columns.values():
            reader.end()


class ColumnSink(Columns):
    def __init__(self, lanes):
        super().__init__(lanes, parcel=False)
        self.columns = [bytearray() for _ in range(COLUMNS)]

    def put(self, column, number):
        self.columns[column] += varint(number)

    def save(self, save, newest_schema):
        self.number_at_hand = save["number"]
        self.put(MILLIS, zigzag(save["clock"]["millis"] - self.millis))
        self.put(COUNTERS, save["clock"]["counter"])
        if save["actor"] not in self.actors:
            self.actors.append(save["actor"])
            self.columns[ACTOR_TABLE] += UUID(save["actor"]).bytes
        self.put(ACTORS, self.actors.index(save["actor"]))
        self.put(EPOCHS, zigzag(save["policy_epoch"] - self.epoch))
        self.put(SCHEMAS, newest_schema - save["schema_version"])
        self.millis, self.epoch = save["clock"]["millis"], save["policy_epoch"]
        self.put(SEEN, len(save["seen"]))
        for lane, number in save["seen"]:
            self.in_lane(SEEN_LANES, SEEN_NUMBERS, lane, number)
        self.put(OPERATIONS, len(save["operations"]))
        for operation in save["operations"]:
            write_operation(operation, self)

    def in_lane(self, lanes, numbers, lane, number):
        if lane not in self.lanes:
            self.lanes.append(lane)
            self.last_numbers.append(0)
            self.columns[LANE_TABLE] += bytes.fromhex(lane)
        at = self.lanes.index(lane)
        expected = self.number_at_hand if at == self.own else self.last_numbers[at]
        self.last_numbers[at] = number
        self.put(lanes, at)
        self.put(numbers, zigzag(expected - number))

    def operation(self, code, record):
        self.put(CODES_COLUMN, code)
        self.reference(record)

    def field(self, field):
        self.put(FIELDS, field)

    def number(self, number):
        self.put(NUMBERS, number)

    def tag(self, tag):
        self.put(TAGS, tag)

    def text(self, words):
        known = self.texts.setdefault(TEXTS, [])
        if words in known:
            self.put(TEXT_LENGTHS, known.index(words) * 2 + 1)
            return
        data = words.encode()
        if 1 <= len(data) <= LONGEST_SHARED_TEXT:
            known.append(words)
        self.put(TEXT_LENGTHS, len(data) * 2)
        self.columns[TEXTS] += data

    def reference(self, record):
        if record == self.record:
            self.put(RECORDS, 0)
        elif record in self.records:
            self.put(RECORDS, self.records.index(record) + 2)
        else:
            self.records.append(record)
            data = UUID(record).bytes
            time_of_record = int.from_bytes(data[:6], "big")
            self.put(RECORDS, 1)
            self.put(RECORD_TIMES, zigzag(time_of_record - self.record_time))
            self.columns[RECORD_NAMES] += data[6:]
            self.record_time = time_of_record
        self.record = record

    def hash(self, digest):
        self.columns[HASHES] += bytes.fromhex(digest)

    def ids(self, ids):
        self.put(IDS, len(ids))
        for lane, number, place in ids:
            self.in_lane(ID_LANES, ID_NUMBERS, lane, number)
            self.put(ID_PLACES, place)

    def later(self, body):
        self.columns[LATER] += varint(len(body)) + body

    def body(self):
        there = [at for at in range(COLUMNS) if any(self.columns[at]) or at >= LATER and self.columns[at]]
        out = varint(sum(1 << at for at in there))
        out += b"".join(varint(len(self.columns[at])) for at in there)
        return out + b"".join(bytes(self.columns[at]) for at in there)


# --- Segments


class Segment:
    """A sealed run of saves, or an erased copy of one, taken apart and verified."""

    def __init__(self, data):
        self.data = data
        erased = data[:4] == b"ARME"
        reader = Reader(data)
        if erased:
            reader.take(4)
            reader.varint()
        start = reader.at
        if reader.take(4) != b"ARML":
            raise Refused("not a segment")
        form, self.min_reader = int.from_bytes(reader.take(2), "little"), int.from_bytes(reader.take(2), "little")
        if form == 0 or not 1 <= self.min_reader <= form:
            raise Refused("format")
        self.device, self.incarnation = reader.take(32), int.from_bytes(reader.take(8), "little")
        self.scope = reader.text()
        self.first, self.count, self.schema = reader.varint(), reader.varint(), reader.varint()
        self.offset_ms, self.uncertainty_ms = reader.signed(), reader.varint()
        self.body_length = reader.varint()
        self.previous, self.root = reader.take(32), reader.take(32)
        self.header = data[start : reader.at]
        self.signature = reader.take(64)
        self.payload = reader.rest()
        if not erased and len(self.payload) != self.body_length:
            raise Refused("body length")
        try:
            Ed25519PublicKey.from_public_bytes(self.device).verify(self.signature, b"arumbae segment\0" + self.header)
        except (InvalidSignature, ValueError) as why:
            raise Refused("signature") from why
        self.lane = lane_id(self.device, self.incarnation, self.scope).hex()
        self.hash = blake3(self.header).digest()
        self.saves = self.read_erased() if erased else self.read_body()

    def read_body(self):
        columns = ColumnSource(self.payload, [self.lane])
        saves = [columns.save(number, self.schema) for number in range(self.first, self.first + self.count)]
        columns.end()
        leaves = [hashed(0, write_leaf(save)) for save in saves]
        if hashed(1, tree_of(leaves), hashed(2, self.payload)) != self.root:
            raise Refused("body")
        return saves

    def read_erased(self):
        reader = Reader(self.payload)
        body_hash, saves, leaves = reader.take(32), [], []
        for _ in range(self.count):
            length = reader.varint()
            leaf = reader.take(length or 32)
            leaves.append(hashed(0, leaf) if length else leaf)
            saves.append(read_leaf(leaf) if length else None)
        reader.end()
        if hashed(1, tree_of(leaves), body_hash) != self.root:
            raise Refused("body")
        return saves


def seal(lane, first, previous, schema, clock, saves, signature):
    """A segment's bytes from what a parcel says of it. Whoever has the key makes the signature; here it came along."""
    device, incarnation, scope = lane
    columns = ColumnSink([lane_id(*lane).hex()])
    for save in saves:
        columns.save(save, schema)
    body = columns.body()
    root = hashed(1, tree_of([hashed(0, write_leaf(save)) for save in saves]), hashed(2, body))
    header = b"ARML" + (1).to_bytes(2, "little") * 2 + device + incarnation.to_bytes(8, "little") + text(scope)
    header += varint(first) + varint(len(saves)) + varint(schema)
    header += varint(zigzag(clock[0])) + varint(clock[1]) + varint(len(body)) + previous + root
    return header + signature + body


# --- What is packed


def unpacked(data, cap, base=b""):
    if len(data) < 2:
        raise Refused("nothing")
    codec, number, frame = data[0], data[1], data[2:]
    if codec == 0 and number == 0:
        if len(frame) > cap:
            raise Refused("too large")
        return frame
    file = DICTIONARIES / f"{number}.zdict"
    if codec != 1 or number and not file.exists():
        raise Refused("unknown codec or dictionary")
    frame = bytes.fromhex("28b52ffd") + frame
    try:
        size = frame_content_size(frame)
        if not 0 <= size <= cap:
            raise Refused("size")
        content = (file.read_bytes() if number else b"") + base
        kind = {"dict_type": DICT_TYPE_FULLDICT} if number else {}
        given = {"dict_data": ZstdCompressionDict(content, **kind)} if content else {}
        return ZstdDecompressor(**given).decompress(frame, max_output_size=cap)
    except ZstdError as why:
        raise Refused("damaged") from why


def content_of_base(segments):
    parts = []
    for one in segments:
        lane = bytes.fromhex(one.lane) + one.device + one.incarnation.to_bytes(8, "little") + text(one.scope)
        parts.append(lane + one.hash + one.payload)
    return b"".join(parts)


def parcel_content(data, held):
    """The signatures beside a parcel's content, and the content."""
    reader = Reader(data)
    if reader.take(1) != b"\x01":
        raise Refused("of a later format")
    base = b""
    if reader.take(1) == b"\x01":
        base = content_of_base(held)
        if reader.take(4) != blake3(base).digest()[:4]:
            raise Refused("another base")
    signatures = [reader.take(64) for _ in range(reader.varint())]
    return signatures, unpacked(reader.rest(), PARCEL_BYTES, base)


def read_parcel(data, held):
    """The bytes of a parcel's segments, made again."""
    signatures, content = parcel_content(data, held)
    reader = Reader(content)
    lanes, heads = [], []
    for _ in range(reader.varint()):
        form = reader.varint()
        if form == 2:
            heads.append((form, reader.varint()))
            continue
        at = reader.varint()
        if at == len(lanes):
            lanes.append((reader.take(32), int.from_bytes(reader.take(8), "little"), reader.text()))
        chained = (reader.varint(), reader.take(32)) if form == 1 else None
        count, schema = reader.varint(), reader.varint()
        heads.append((form, at, chained, count, schema, (reader.signed(), reader.varint())))
    whole = [reader.take(head[1]) for head in heads if head[0] == 2]
    columns = ColumnSource(reader.rest(), [lane_id(*lane).hex() for lane in lanes], parcel=True)
    ends, segments = {}, []
    for head in heads:
        if head[0] == 2:
            segments.append(whole.pop(0))
            continue
        _, at, chained, count, schema, clock = head
        first, previous = chained or ends[at]
        columns.own = at
        saves = [columns.save(number, schema) for number in range(first, first + count)]
        segments.append(seal(lanes[at], first, previous, schema, clock, saves, signatures.pop(0)))
        ends[at] = (first + count, Segment(segments[-1]).hash)
    columns.end()
    if signatures:
        raise Refused("signatures")
    return segments


# --- The vectors


def vectors(file):
    return json.loads((VECTORS / file).read_text())


def equal(what, ours, theirs):
    if ours != theirs:
        raise SystemExit(f"{what}:\n  read as {ours}\n  not as  {theirs}")


def check_lanes():
    for vector in vectors("lanes.json"):
        ours = lane_id(bytes.fromhex(vector["device"]), int(vector["incarnation"]), vector["scope"])
        equal(f"lane {vector['scope']}", ours.hex(), vector["id"])
        yield


def check_leaves():
    for vector in vectors("leaves.json"):
        leaf = bytes.fromhex(vector["leaf"])
        equal(f"leaf {vector['name']}", read_leaf(leaf), vector["says"])
        equal(f"leaf {vector['name']}, written", write_leaf(vector["says"]).hex(), vector["leaf"])
        yield


def check_segments():
    for vector in vectors("segments.json"):
        one = Segment(bytes.fromhex(vector["segment"]))
        said = {
            "lane": {"device": one.device.hex(), "incarnation": str(one.incarnation), "scope": one.scope, "id": one.lane},
            "first_number": one.first,
            "schema_version": one.schema,
            "clock": {"offset_ms": one.offset_ms, "uncertainty_ms": one.uncertainty_ms},
            "previous": one.previous.hex(),
            "root": one.root.hex(),
            "hash": one.hash.hex(),
            "saves": one.saves,
            "body": one.payload.hex(),
        }
        for name, ours in said.items():
            equal(f"segment {vector['name']}: {name}", ours, vector[name])
        lane, clock = (one.device, one.incarnation, one.scope), (one.offset_ms, one.uncertainty_ms)
        again = seal(lane, one.first, one.previous, one.schema, clock, vector["saves"], one.signature)
        equal(f"segment {vector['name']}, written", again.hex(), vector["segment"])
        yield


def check_packed():
    for vector in vectors("packed.json"):
        ours = unpacked(bytes.fromhex(vector["packed"]), SEGMENT_BYTES, bytes.fromhex(vector.get("base", "")))
        equal(f"packed {vector['name']}", ours.hex(), vector["content"])
        yield


def check_parcels():
    for vector in vectors("parcels.json"):
        held = [Segment(bytes.fromhex(one)) for one in vector["base"]]
        parcel = bytes.fromhex(vector["parcel"])
        equal(f"parcel {vector['name']}, content", parcel_content(parcel, held)[1].hex(), vector["content"])
        ours = read_parcel(parcel, held)
        equal(f"parcel {vector['name']}", [one.hex() for one in ours], vector["segments"])
        for one in ours:
            Segment(one)
        yield


def check_refused():
    read = {
        "leaf": read_leaf,
        "segment": Segment,
        "packed": lambda data: unpacked(data, SEGMENT_BYTES),
        "parcel": lambda data: read_parcel(data, []),
    }
    for vector in vectors("refused.json"):
        try:
            read[vector["what"]](bytes.fromhex(vector["bytes"]))
        except Refused:
            yield
        else:
            raise SystemExit(f"{vector['what']} {vector['name']}: accepted")


def main():
    checks = [check_lanes, check_leaves, check_segments, check_packed, check_parcels, check_refused]
    counts = {check.__name__.removeprefix("check_"): sum(1 for _ in check()) for check in checks}
    print(", ".join(f"{count} {name}" for name, count in counts.items()))


if __name__ == "__main__":
    sys.exit(main())
