"""What the plugin reads: proto descriptors with their comments and their names in Swift and C."""
from google.protobuf import descriptor_pb2

from . import c_names, swift_names

Field = descriptor_pb2.FieldDescriptorProto
FIELDS_MAX = 64  # the C check keeps one bit for each field


class Unsupported(Exception):
    """Something in a .proto file that the generated code cannot carry."""


class Comments:
    def __init__(self, file):
        self._by_path = {
            tuple(location.path): location.leading_comments or location.trailing_comments
            for location in file.source_code_info.location
        }

    def at(self, path):
        return self._by_path.get(tuple(path), "")


class EnumType:
    def __init__(self, proto, full_name, swift_name, comments, path):
        self.full_name, self.swift_name = full_name, swift_name
        self.name = proto.name
        self.c_type = c_names.type_name(full_name)
        self.comment = comments.at(path)
        self.values = []
        seen = set()
        for index, value in enumerate(proto.value):
            case = swift_names.enum_case(proto.name, value.name)
            if value.number not in seen:
                self.values.append((case, value.name, value.number, comments.at([*path, 2, index])))
            seen.add(value.number)


class MessageType:
    def __init__(self, proto, full_name, swift_name, comments, path):
        self.proto, self.full_name, self.swift_name = proto, full_name, swift_name
        self.name = proto.name
        self.comment = comments.at(path)
        self.c_type = c_names.type_name(full_name)
        self.c_function = c_names.function_name(full_name)
        self.field_comments = [comments.at([*path, 2, i]) for i in range(len(proto.field))]
        self.oneof_comments = [comments.at([*path, 8, i]) for i in range(len(proto.oneof_decl))]
        self.messages, self.enums = [], []
        if len(proto.field) > FIELDS_MAX:
            raise Unsupported(f"{full_name}: at most {FIELDS_MAX} fields; split the message.")


class Model:
    """All messages and enums of a request by their full names, and the trees of each file."""

    def __init__(self, request):
        self.types = {}
        self.files = {}
        self.top = {}
        for file in request.proto_file:
            if file.syntax != "proto3":
                raise Unsupported(f"{file.name}: only proto3 is understood.")
            self.files[file.name] = file
            area = swift_names.area(file.package)
            comments = Comments(file)
            messages = [
                self._message(message, file.package, area, comments, [4, index])
                for index, message in enumerate(file.message_type)
            ]
            enums = [
                self._enum(enum, file.package, area, comments, [5, index])
                for index, enum in enumerate(file.enum_type)
            ]
            self.top[file.name] = (messages, enums, comments)
        for type_ in list(self.types.values()):
            self._refuse_recursion(type_, [])

    def _enum(self, proto, outer, swift_outer, comments, path):
        full_name = f"{outer}.{proto.name}"
        type_ = EnumType(proto, full_name, f"{swift_outer}.{proto.name}", comments, path)
        self.types["." + full_name] = type_
        return type_

    def _message(self, proto, outer, swift_outer, comments, path):
        full_name = f"{outer}.{proto.name}"
        type_ = MessageType(proto, full_name, f"{swift_outer}.{proto.name}", comments, path)
        self.types["." + full_name] = type_
        type_.messages = [
            self._message(nested, full_name, type_.swift_name, comments, [*path, 3, index])
            for index, nested in enumerate(proto.nested_type)
        ]
        type_.enums = [
            self._enum(nested, full_name, type_.swift_name, comments, [*path, 4, index])
            for index, nested in enumerate(proto.enum_type)
        ]
        return type_

    def _refuse_recursion(self, type_, above):
        if not isinstance(type_, MessageType):
            return
        if type_.full_name in above:
            raise Unsupported(f"{type_.full_name}: a Swift struct cannot hold itself.")
        for field in type_.proto.field:
            if field.type == Field.TYPE_GROUP or field.proto3_optional:
                raise Unsupported(f"{type_.full_name}.{field.name}: protoc-c 1.4.1 has no such field.")
            if field.type == Field.TYPE_MESSAGE:
                self._refuse_recursion(self.types[field.type_name], [*above, type_.full_name])
