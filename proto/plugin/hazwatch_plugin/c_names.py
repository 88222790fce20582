"""How protoc-c 1.4.1 names things, so that the Swift code can call its output."""

KEYWORDS = set(
    """
    and and_eq asm auto bitand bitor bool break case catch char class compl const const_cast
    continue default delete do double dynamic_cast else enum explicit extern false float for friend
    goto if inline int long mutable namespace new not not_eq operator or or_eq private protected
    public register reinterpret_cast return short signed sizeof static static_cast struct switch
    template this throw true try typedef typeid typename union unsigned using virtual void volatile
    wchar_t while xor xor_eq
    """.split()
)


def _camel(part):
    return "".join(word[:1].upper() + word[1:] for word in part.split("_"))


def lower(part):
    """CamelCase to camel_case, the way protoc-c does it: a run of capitals is one word."""
    result, was_upper = "", True
    for letter in part:
        if letter.isupper() and not was_upper:
            result += "_"
        result += letter.lower()
        was_upper = letter.isupper()
    return result


def type_name(full_name):
    """hazwatch.common.v1.Reading -> Hazwatch__Common__V1__Reading"""
    return "__".join(_camel(part) for part in full_name.split("."))


def function_name(full_name):
    """hazwatch.common.v1.PushRequest -> hazwatch__common__v1__push_request"""
    return "__".join(lower(part) for part in full_name.split("."))


def field(name):
    name = name.lower()
    return name + "_" if name in KEYWORDS else name


def oneof_case(name):
    return lower(name) + "_case"


def own_name(full_name):
    """The part of our own C functions and constants that tells messages and files apart."""
    return "".join(letter if letter.isalnum() else "_" for letter in full_name).lower()
