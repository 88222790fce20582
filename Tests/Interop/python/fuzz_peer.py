"""The official Python protobuf as the judge of how we decode and encode.

    fuzz_peer.py generate FILES SEED COUNT OUT   writes random messages
    fuzz_peer.py judge FILES CASES               says where we and the library differ

FILES holds serialized FileDescriptorProtos, OUT and CASES hold records; both are made of chunks:
a little-endian 32-bit length and so many bytes. A record of OUT is (message name, bytes), a record
of CASES is (message name, bytes, what we said: "ok" or a reason, our encoding).
Prints one line of counts, then one line for each difference; ends with 1 if there is one.
"""
import collections
import random
import struct
import sys

from google.protobuf import descriptor_pb2, descriptor_pool, message
from google.protobuf.message_factory import GetMessageClass

F = descriptor_pb2.FieldDescriptorProto
DIFFERENCES_SHOWN = 20


def chunks(path):
    with open(path, "rb") as file:
        content = file.read()
    at = 0
    while at < len(content):
        (length,) = struct.unpack_from("<I", content, at)
        yield content[at + 4 : at + 4 + length]
        at += 4 + length


def write_chunk(file, content):
    file.write(struct.pack("<I", len(content)) + content)


def load(path):
    """Message classes by full name, those nested in others too."""
    pool = descriptor_pool.DescriptorPool()
    files = [descriptor_pb2.FileDescriptorProto.FromString(chunk) for chunk in chunks(path)]
    for file in files:
        pool.Add(file)
    classes = {}

    def take(descriptor):
        classes[descriptor.full_name] = GetMessageClass(descriptor)
        for nested in descriptor.nested_types:
            take(nested)

    for file in files:
        for descriptor in pool.FindFileByName(file.name).message_types_by_name.values():
            take(descriptor)
    return classes


# Random messages.

INTERESTING = [0, 1, 2, 127, 128, 255, 16383, 16384, 2**31 - 1, 2**31, 2**32 - 1, 2**63 - 1]
TEXTS = ["", "p", "point-0001", "压力", "é", "\U0001f525", "a longer text than fifteen bytes", "\x7f"]
NUMBERS = [0.0, 1.0, -1.0, 0.1, 1e300, -1e-300, float("inf"), float("-inf"), float("nan")]


def integer(chance, bits, signed):
    value = chance.choice(INTERESTING) if chance.random() < 0.5 else chance.getrandbits(bits)
    value &= (1 << bits) - 1
    return value - (1 << bits) if signed and value >> (bits - 1) else value


def scalar(chance, field):
    if field.type in (F.TYPE_INT32, F.TYPE_SINT32, F.TYPE_SFIXED32):
        return integer(chance, 32, True)
    if field.type in (F.TYPE_INT64, F.TYPE_SINT64, F.TYPE_SFIXED64):
        return integer(chance, 64, True)
    if field.type in (F.TYPE_UINT32, F.TYPE_FIXED32):
        return integer(chance, 32, False)
    if field.type in (F.TYPE_UINT64, F.TYPE_FIXED64):
        return integer(chance, 64, False)
    if field.type in (F.TYPE_DOUBLE, F.TYPE_FLOAT):
        return chance.choice(NUMBERS) if chance.random() < 0.5 else chance.uniform(-1e6, 1e6)
    if field.type == F.TYPE_BOOL:
        return chance.random() < 0.5
    if field.type == F.TYPE_ENUM:
        return chance.choice([value.number for value in field.enum_type.values] + [99])
    if field.type == F.TYPE_STRING:
        return chance.choice(TEXTS)
    return bytes(chance.getrandbits(8) for _ in range(chance.choice([0, 1, 3, 40])))


def fill(chance, target, depth):
    for field in target.DESCRIPTOR.fields:
        if chance.random() < 0.3:
            continue
        repeated = isinstance(getattr(target, field.name), collections.abc.Sized) and (
            field.type not in (F.TYPE_STRING, F.TYPE_BYTES)
        )
        if field.type == F.TYPE_MESSAGE:
            if depth > 3:
                continue
            for _ in range(chance.choice([0, 1, 2, 5]) if repeated else 1):
                child = getattr(target, field.name).add() if repeated else getattr(target, field.name)
                child.SetInParent()
                fill(chance, child, depth + 1)
        elif repeated or is_list(target, field):
            count = chance.choice([0, 1, 2, 30])
            getattr(target, field.name).extend(scalar(chance, field) for _ in range(count))
        else:
            setattr(target, field.name, scalar(chance, field))


def is_list(target, field):
    return hasattr(getattr(target, field.name), "extend")


def generate(classes, seed, count, path):
    chance = random.Random(seed)
    names = sorted(classes)
    with open(path, "wb") as file:
        for index in range(count):
            name = names[index % len(names)]
            target = classes[name]()
            fill(chance, target, 0)
            write_chunk(file, name.encode())
            write_chunk(file, target.SerializeToString())


# The judgement.


def texts(target):
    for field, value in target.ListFields():
        for one in value if is_list(target, field) else [value]:
            if field.type == F.TYPE_STRING:
                yield one
            elif field.type == F.TYPE_MESSAGE:
                yield from texts(one)


def meaning(target):
    """The bytes that stand for what the message says, without fields that its type does not know.

    protobuf-c leaves out a singular -0.0 as if it were 0.0, so the two count as one.
    """
    target.DiscardUnknownFields()
    level_zeros(target)
    return target.SerializeToString(deterministic=True)


def level_zeros(target):
    for field, value in target.ListFields():
        if field.type == F.TYPE_MESSAGE:
            for one in value if is_list(target, field) else [value]:
                level_zeros(one)
        elif field.type in (F.TYPE_DOUBLE, F.TYPE_FLOAT):
            if not is_list(target, field) and value == 0 and not field.containing_oneof:
                target.ClearField(field.name)


def varint(data, at):
    value, shift = 0, 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def has_nul(descriptor, data):
    """Whether a text in these bytes holds a zero, also one that a later value of the field replaces."""
    at = 0
    while at < len(data):
        key, at = varint(data, at)
        wire, field = key & 7, descriptor.fields_by_number.get(key >> 3)
        if wire == 0:
            _, at = varint(data, at)
        elif wire in (1, 5):
            at += 8 if wire == 1 else 4
        elif wire == 2:
            size, at = varint(data, at)
            value, at = data[at : at + size], at + size
            if field is None:
                continue
            if field.type == F.TYPE_STRING and b"\0" in value:
                return True
            if field.type == F.TYPE_MESSAGE and has_nul(field.message_type, value):
                return True
        else:
            return False
    return False


def may_refuse(reason, official, given):
    """Whether we may refuse what the official library takes."""
    if reason == "embeddedNUL":
        return has_nul(official.DESCRIPTOR, given)
    if reason == "wireType":  # it keeps such fields as unknown
        size = official.ByteSize()
        official.DiscardUnknownFields()
        return official.ByteSize() < size
    if reason == "malformed":  # in messages without fields it takes field number 0
        return not official.DESCRIPTOR.fields
    return reason in ("tooMuchMemory", "submessageRepeated")


def judge(classes, path):
    counts, differences = collections.Counter(), []
    records = chunks(path)
    for name, given, said, encoded in zip(records, records, records, records):
        name, said = name.decode(), said.decode()
        try:
            official = classes[name].FromString(given)
        except message.DecodeError:
            official = None
        if said == "ok":
            if official is None:
                problem = "we take what the official library refuses"
            else:
                try:
                    ours = classes[name].FromString(encoded)
                except message.DecodeError:
                    problem = "our encoding is not protobuf"
                else:
                    problem = None if meaning(ours) == meaning(official) else "the meaning differs"
        else:
            problem = None
            if official is not None and not may_refuse(said, official, given):
                problem = f"we refuse ({said}) what the official library takes"
        counts["taken" if said == "ok" else said] += 1
        if problem:
            differences.append(f"{name}: {problem}: {given.hex()} -> {encoded.hex()}")
    print(" ".join(f"{key}={counts[key]}" for key in sorted(counts)))
    for line in differences[:DIFFERENCES_SHOWN]:
        print(line)
    if len(differences) > DIFFERENCES_SHOWN:
        print(f"and {len(differences) - DIFFERENCES_SHOWN} more")
    return 1 if differences else 0


def main():
    command, files = sys.argv[1], sys.argv[2]
    classes = load(files)
    if command == "generate":
        generate(classes, int(sys.argv[3]), int(sys.argv[4]), sys.argv[5])
        return 0
    return judge(classes, sys.argv[3])


sys.exit(main())
