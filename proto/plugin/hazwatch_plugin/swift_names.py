"""How proto names look in Swift."""

KEYWORDS = set(
    """
    Any Self Type Protocol as associatedtype break case catch class continue default defer deinit do
    else enum extension fallthrough false fileprivate for func guard if import in init inout internal
    is let nil operator precedencegroup private protocol public repeat rethrows return self static
    struct subscript super switch throw throws true try typealias var where while
    """.split()
)
WHOLE_WORDS = {"id": "ID", "ids": "IDs"}


def quoted(name):
    return f"`{name}`" if name in KEYWORDS else name


def member(snake):
    """point_id -> pointID, case -> `case`; to be quoted by the caller where it is declared."""
    words = [word for word in snake.lower().split("_") if word]
    rest = [WHOLE_WORDS.get(word, word[:1].upper() + word[1:]) for word in words[1:]]
    return "".join(words[:1] + rest)


def method(camel):
    """Push -> push, ListCases -> listCases"""
    return camel[:1].lower() + camel[1:]


def type_part(snake):
    """message_request -> MessageRequest"""
    return "".join(word[:1].upper() + word[1:] for word in snake.split("_"))


def area(package):
    """hazwatch.ingest.v1 -> IngestV1, grpc.health.v1 -> GrpcHealthV1"""
    words = package.split(".")
    if words[0] == "hazwatch":
        words = words[1:]
    return "".join(type_part(word) for word in words)


def enum_case(enum_name, value_name):
    """(WarningLevel, WARNING_LEVEL_RED) -> red"""
    prefix = ""
    for index, letter in enumerate(enum_name):
        prefix += "_" if letter.isupper() and index > 0 else ""
        prefix += letter.upper()
    bare = value_name.removeprefix(prefix + "_")
    return member(bare if bare and not bare[0].isdigit() else value_name)


def doc(comment, indent):
    """Doc comment lines, each with its newline; nothing if there is no comment."""
    lines = [line[1:] if line.startswith(" ") else line for line in comment.rstrip().split("\n")]
    if not comment.strip():
        return ""
    return "".join(f"{indent}/// {line}".rstrip() + "\n" for line in lines)
