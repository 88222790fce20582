"""Swift structs of messages: the stored properties, decoding from and encoding to the C struct."""
from . import c_names, swift_names
from .model import Field

SCALARS = {
    Field.TYPE_DOUBLE: "Double",
    Field.TYPE_FLOAT: "Float",
    Field.TYPE_INT64: "Int64",
    Field.TYPE_UINT64: "UInt64",
    Field.TYPE_INT32: "Int32",
    Field.TYPE_FIXED64: "UInt64",
    Field.TYPE_FIXED32: "UInt32",
    Field.TYPE_UINT32: "UInt32",
    Field.TYPE_SFIXED32: "Int32",
    Field.TYPE_SFIXED64: "Int64",
    Field.TYPE_SINT32: "Int32",
    Field.TYPE_SINT64: "Int64",
}


def copied(expression, element):
    """A copy in the arena of an array whose elements are the same in C."""
    return (
        f"{expression}.withUnsafeBytes {{ arena.copy($0) }}.assumingMemoryBound(to: {element}.self)"
    )


class Value:
    """One value of a field: its Swift type, its zero, and both ways through C."""

    def __init__(self, field, model):
        self.type = field.type
        target = model.types.get(field.type_name)
        if field.type in SCALARS:
            self.swift, self.zero = SCALARS[field.type], "0"
        elif field.type == Field.TYPE_BOOL:
            self.swift, self.zero = "Bool", "false"
        elif field.type == Field.TYPE_STRING:
            self.swift, self.zero = "String", '""'
        elif field.type == Field.TYPE_BYTES:
            self.swift, self.zero = "[UInt8]", "[]"
        else:
            self.swift = target.swift_name
            self.zero = ".init(rawValue: 0)" if field.type == Field.TYPE_ENUM else "nil"
            self.c_type = target.c_type

    def decode(self, expression):
        if self.type == Field.TYPE_BOOL:
            return f"{expression} != 0"
        if self.type == Field.TYPE_STRING:
            return f"decodedText({expression})"
        if self.type == Field.TYPE_BYTES:
            return f"Array(UnsafeBufferPointer(start: {expression}.data, count: {expression}.len))"
        if self.type == Field.TYPE_ENUM:
            return f"{self.swift}(rawValue: Int32(truncatingIfNeeded: {expression}.rawValue))"
        if self.type == Field.TYPE_MESSAGE:
            return f"{expression}.map {{ {self.swift}($0) }} ?? {self.swift}()"
        return expression

    def encode(self, expression):
        if self.type == Field.TYPE_BOOL:
            return f"{expression} ? 1 : 0"
        if self.type == Field.TYPE_STRING:
            return f"arena.text({expression})"
        if self.type == Field.TYPE_BYTES:
            return f".init(len: {expression}.count, data: {copied(expression, 'UInt8')})"
        if self.type == Field.TYPE_ENUM:
            return f".init(rawValue: .init(truncatingIfNeeded: {expression}.rawValue))"
        if self.type == Field.TYPE_MESSAGE:
            return f"{expression}.make(in: arena)"
        return expression

    @property
    def c_element(self):
        """The type of an element of a repeated field in C."""
        if self.type == Field.TYPE_BOOL:
            return "protobuf_c_boolean"
        if self.type == Field.TYPE_STRING:
            return "UnsafeMutablePointer<CChar>?"
        if self.type == Field.TYPE_BYTES:
            return "ProtobufCBinaryData"
        if self.type == Field.TYPE_ENUM:
            return self.c_type
        return f"UnsafeMutablePointer<{self.c_type}>?"

    @property
    def is_same_in_c(self):
        return self.type in SCALARS


class Property:
    """A stored property: one field, or a oneof."""

    def __init__(self, name, swift_type, default, comment):
        self.name, self.swift_type, self.default, self.comment = name, swift_type, default, comment
        self.decoding, self.encoding, self.nested = [], [], ""


def _field(field, comment, model):
    value, name, c = Value(field, model), swift_names.member(field.name), c_names.field(field.name)
    member, here = f"c.pointee.{c}", f"self.{name}"
    if field.label == Field.LABEL_REPEATED:
        property_ = Property(name, f"[{value.swift}]", "[]", comment)
        count = f"c.pointee.n_{c}"
        elements = f"UnsafeBufferPointer(start: {member}, count: {count})"
        if value.is_same_in_c:
            source = f"Array({elements})"
            copy = [f"{member} = {copied(here, value.swift)}"]
        else:
            source = f"{elements}.map {{ {value.decode('$0')} }}"
            copy = [
                f"let list = arena.allocate(MemoryLayout<{value.c_element}>.stride * {here}.count)",
                f"    .bindMemory(to: {value.c_element}.self, capacity: {here}.count)",
                f"for index in {here}.indices {{",
                f"    list[index] = {value.encode(here + '[index]')}",
                "}",
                f"{member} = list",
            ]
        property_.decoding = [f"{here} = {source}"]
        property_.encoding = [
            f"if !{here}.isEmpty {{",
            f"    {count} = {here}.count",
            *(f"    {line}" for line in copy),
            "}",
        ]
    elif field.type == Field.TYPE_MESSAGE:
        property_ = Property(name, f"{value.swift}?", "nil", comment)
        property_.decoding = [f"{here} = {member}.map {{ {value.swift}($0) }}"]
        property_.encoding = [f"{member} = {here}?.make(in: arena)"]
    else:
        property_ = Property(name, value.swift, value.zero, comment)
        property_.decoding = [f"{here} = {value.decode(member)}"]
        property_.encoding = [f"{member} = {value.encode(here)}"]
        if field.type in (Field.TYPE_STRING, Field.TYPE_BYTES):
            property_.encoding = [f"if !{here}.isEmpty {{ {property_.encoding[0]} }}"]
    return property_


def _oneof(oneof, fields, comment, model):
    case_member = f"c.pointee.{c_names.oneof_case(oneof.name)}"
    if len(fields) == 1:
        field = fields[0][0]
        value, member = Value(field, model), f"c.pointee.{c_names.field(field.name)}"
        name = swift_names.member(field.name)
        property_ = Property(name, f"{value.swift}?", "nil", comment or fields[0][1])
        property_.decoding = [
            f"self.{name} = {case_member}.rawValue == {field.number} ? {value.decode(member)} : nil"
        ]
        property_.encoding = [
            f"if let value = self.{name} {{",
            f"    {case_member} = .init(rawValue: {field.number})",
            f"    {member} = {value.encode('value')}",
            "}",
        ]
        return property_
    name, type_name = swift_names.member(oneof.name), swift_names.type_part(oneof.name)
    property_ = Property(name, f"{type_name}?", "nil", comment)
    cases = []
    property_.decoding = [f"switch {case_member}.rawValue {{"]
    property_.encoding = [f"switch self.{name} {{", "case nil: break"]
    for field, field_comment in fields:
        value, member = Value(field, model), f"c.pointee.{c_names.field(field.name)}"
        case = swift_names.quoted(swift_names.member(field.name))
        cases.append(swift_names.doc(field_comment, "    ") + f"    case {case}({value.swift})\n")
        property_.decoding.append(
            f"case {field.number}: self.{name} = .{case}({value.decode(member)})"
        )
        property_.encoding += [
            f"case .{case}(let value):",
            f"    {case_member} = .init(rawValue: {field.number})",
            f"    {member} = {value.encode('value')}",
        ]
    property_.decoding += [f"default: self.{name} = nil", "}"]
    property_.encoding.append("}")
    property_.nested = (
        f"/// What `{name}` holds.\npackage enum {type_name}: Sendable, Hashable {{\n"
        + "".join(cases)
        + "}\n"
    )
    return property_


def properties(message, model):
    proto, result, done = message.proto, [], set()
    for index, field in enumerate(proto.field):
        if not field.HasField("oneof_index"):
            result.append(_field(field, message.field_comments[index], model))
        elif field.oneof_index not in done:
            done.add(field.oneof_index)
            members = [
                (other, message.field_comments[place])
                for place, other in enumerate(proto.field)
                if other.HasField("oneof_index") and other.oneof_index == field.oneof_index
            ]
            comment = message.oneof_comments[field.oneof_index]
            result.append(_oneof(proto.oneof_decl[field.oneof_index], members, comment, model))
    return result


def _indented(text, indent):
    return "".join(indent + line if line.strip() else line for line in text.splitlines(True))


def _initializer(all_properties):
    if not all_properties:
        return "package init() {}\n"
    parameters = ",\n".join(
        f"    {swift_names.quoted(p.name)}: {p.swift_type} = {p.default}" for p in all_properties
    )
    body = "".join(f"    self.{p.name} = {swift_names.quoted(p.name)}\n" for p in all_properties)
    return f"package init(\n{parameters}\n) {{\n{body}}}\n"


def struct(message, model, enum_text):
    """The struct with its nested types, without the conformance."""
    all_properties = properties(message, model)
    parts = []
    for p in all_properties:
        declared = f"package var {swift_names.quoted(p.name)}: {p.swift_type}\n"
        parts.append(swift_names.doc(p.comment, "") + declared)
    parts.append(_initializer(all_properties))
    parts += [p.nested for p in all_properties if p.nested]
    parts += [struct(nested, model, enum_text) for nested in message.messages]
    parts += [enum_text(nested) for nested in message.enums]
    body = _indented("\n".join(parts), "    ")
    head = swift_names.doc(message.comment, "")
    return f"{head}package struct {message.name}: Sendable, Hashable {{\n{body}}}\n"


def conformance(message, model):
    """RPCMessage for the message and all that are nested in it."""
    all_properties = properties(message, model)
    decoding = "".join(f"        {line}\n" for p in all_properties for line in p.decoding)
    encoding = "".join(f"        {line}\n" for p in all_properties for line in p.encoding)
    c_argument = "_ c: UnsafePointer<" + message.c_type + ">"
    descriptor = "hazwatch_descriptor_" + c_names.own_name(message.full_name)
    text = f"""extension {message.swift_name}: RPCMessage {{
    package static let messageName = "{message.full_name}"

    package init(serialized bytes: UnsafeRawBufferPointer) throws(MessageDecodingError) {{
        let decoded = try DecodedMessage(bytes, as: {descriptor}())
        defer {{ decoded.release() }}
        self.init(decoded.root.assumingMemoryBound(to: {message.c_type}.self))
    }}

    package func serialize(into buffer: inout ByteBuffer) {{
        let arena = EncodingArena()
        arena.pack(make(in: arena), into: &buffer)
    }}

    init({c_argument}) {{
{decoding}    }}

    func make(in arena: EncodingArena) -> UnsafeMutablePointer<{message.c_type}> {{
        let c = arena.allocate(MemoryLayout<{message.c_type}>.stride)
            .bindMemory(to: {message.c_type}.self, capacity: 1)
        {message.c_function}__init(c)
{encoding}        return c
    }}
}}
"""
    return "\n".join([text] + [conformance(nested, model) for nested in message.messages])
