// One pass over the bytes of a message before protobuf-c sees them.
//
// The limits and why: messages of ours are at most 4 deep, 64 leaves room and keeps the stack of
// protobuf-c (about 1 kB a level) small. Real messages need 4 to 25 times their bytes in memory; a
// message of empty submessages needs over 50 times, so 32 times plus a base tells them apart; 64 MiB
// is the end of it for any size.
#include "CMessageArena.h"

#include <string.h>

// What protobuf-c allocates beside the fields, by its source (1.4.1): a record for each field seen in
// slabs of 16, 32, 64, … of which the first is on the stack, and one for each unknown field.
enum { SCANNED_MEMBER = 40, FIRST_SLAB = 16, ROUNDING = 16 };

typedef struct {
    const uint8_t *at, *end;
} span;

typedef struct {
    size_t memory, limit;
    hazwatch_decoding_outcome outcome;
} check;

static int refuse(
    check *state, hazwatch_decoding_result result, const ProtobufCMessageDescriptor *descriptor,
    uint32_t field) {
    if (state->outcome.result == HAZWATCH_DECODED) {
        state->outcome = (hazwatch_decoding_outcome){result, field, descriptor};
    }
    return 0;
}

// 0 if there is no whole varint of at most 10 bytes; bits beyond 64 are lost, as everywhere.
static int read_varint(span *bytes, uint64_t *value) {
    uint64_t sum = 0;
    for (unsigned shift = 0; shift < 70 && bytes->at < bytes->end; shift += 7) {
        uint8_t byte = *bytes->at++;
        sum |= (uint64_t)(byte & 0x7F) << shift;
        if (byte < 0x80) {
            *value = sum;
            return 1;
        }
    }
    return 0;
}

// Whether a packed field of varints is whole numbers of at most 10 bytes to its end.
static int are_varints(const uint8_t *at, const uint8_t *end) {
    unsigned length = 0;
    for (; at < end; at++) {
        if (length == 0) {
            // Most numbers are short: skip eight single bytes at once.
            uint64_t word;
            while (end - at >= 8 && (memcpy(&word, at, 8), (word & 0x8080808080808080u) == 0)) at += 8;
            if (at == end) return 1;
        }
        if (*at < 0x80) {
            length = 0;
        } else if (++length > 9) {
            return 0;
        }
    }
    return length == 0;
}

// DECODED, NOT_UTF8 or NUL.
static hazwatch_decoding_result check_text(const uint8_t *at, const uint8_t *end) {
    const uint64_t ones = 0x0101010101010101u, highs = 0x8080808080808080u;
    while (at < end) {
        uint64_t word;
        // No byte of the word is 0 or above 0x7F.
        while (end - at >= 8 && (memcpy(&word, at, 8), (((word - ones) | word) & highs) == 0)) at += 8;
        if (at == end) break;
        uint8_t lead = *at++;
        if (lead == 0) return HAZWATCH_NUL;
        if (lead < 0x80) continue;
        uint8_t lowest = 0x80, highest = 0xBF;  // of the second byte
        int more;
        if (lead >= 0xC2 && lead <= 0xDF) {
            more = 1;
        } else if (lead >= 0xE0 && lead <= 0xEF) {
            more = 2;
            if (lead == 0xE0) lowest = 0xA0;   // else it were overlong
            if (lead == 0xED) highest = 0x9F;  // else it were a surrogate
        } else if (lead >= 0xF0 && lead <= 0xF4) {
            more = 3;
            if (lead == 0xF0) lowest = 0x90;
            if (lead == 0xF4) highest = 0x8F;  // else it were beyond U+10FFFF
        } else {
            return HAZWATCH_NOT_UTF8;
        }
        if (end - at < more || *at < lowest || *at > highest) return HAZWATCH_NOT_UTF8;
        for (int i = 1; i < more; i++) {
            if ((at[i] & 0xC0) != 0x80) return HAZWATCH_NOT_UTF8;
        }
        at += more;
    }
    return HAZWATCH_DECODED;
}

static ProtobufCWireType wire_type_of(ProtobufCType type) {
    switch (type) {
    case PROTOBUF_C_TYPE_SFIXED32:
    case PROTOBUF_C_TYPE_FIXED32:
    case PROTOBUF_C_TYPE_FLOAT:
        return PROTOBUF_C_WIRE_TYPE_32BIT;
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return PROTOBUF_C_WIRE_TYPE_64BIT;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_BYTES:
    case PROTOBUF_C_TYPE_MESSAGE:
        return PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
    default:
        return PROTOBUF_C_WIRE_TYPE_VARINT;
    }
}

static size_t element_size(ProtobufCType type) {
    switch (type) {
    case PROTOBUF_C_TYPE_INT64:
    case PROTOBUF_C_TYPE_SINT64:
    case PROTOBUF_C_TYPE_UINT64:
    case PROTOBUF_C_TYPE_SFIXED64:
    case PROTOBUF_C_TYPE_FIXED64:
    case PROTOBUF_C_TYPE_DOUBLE:
        return 8;
    case PROTOBUF_C_TYPE_STRING:
    case PROTOBUF_C_TYPE_MESSAGE:
        return sizeof(void *);
    case PROTOBUF_C_TYPE_BYTES:
        return sizeof(ProtobufCBinaryData);
    default:
        return 4;
    }
}

static const ProtobufCFieldDescriptor *find_field(
    const ProtobufCMessageDescriptor *descriptor, uint32_t number) {
    // Numbers without gaps from 1 are the rule.
    if (number <= descriptor->n_fields && descriptor->fields[number - 1].id == number) {
        return &descriptor->fields[number - 1];
    }
    return protobuf_c_message_descriptor_get_field(descriptor, number);
}

static int add_memory(check *state, size_t size) {
    state->memory += size + ROUNDING;
    return state->memory <= state->limit;
}

static int check_message(
    check *state, const ProtobufCMessageDescriptor *descriptor, span bytes, unsigned depth);

// A packed field: so many elements at most, and nothing cut off.
static int check_packed(check *state, const ProtobufCFieldDescriptor *field, span content) {
    size_t length = (size_t)(content.end - content.at);
    switch (wire_type_of(field->type)) {
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        state->memory += length;
        return length % 8 == 0;
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        state->memory += length;
        return length % 4 == 0;
    default:
        state->memory += length * element_size(field->type);
        return are_varints(content.at, content.end);
    }
}

// What stands behind the length of a known field.
static int check_content(
    check *state, const ProtobufCMessageDescriptor *descriptor, const ProtobufCFieldDescriptor *field,
    span content, unsigned depth) {
    size_t length = (size_t)(content.end - content.at);
    switch (field->type) {
    case PROTOBUF_C_TYPE_STRING: {
        hazwatch_decoding_result result = check_text(content.at, content.end);
        if (result != HAZWATCH_DECODED) return refuse(state, result, descriptor, field->id);
        if (!add_memory(state, length + 1)) break;
        return 1;
    }
    case PROTOBUF_C_TYPE_BYTES:
        if (!add_memory(state, length)) break;
        return 1;
    case PROTOBUF_C_TYPE_MESSAGE:
        if (depth == 0) return refuse(state, HAZWATCH_TOO_DEEP, descriptor, field->id);
        return check_message(state, field->descriptor, content, depth - 1);
    default:
        if (!check_packed(state, field, content)) {
            return refuse(state, HAZWATCH_MALFORMED, descriptor, field->id);
        }
        if (state->memory > state->limit) break;
        return 1;
    }
    return refuse(state, HAZWATCH_TOO_MUCH_MEMORY, descriptor, field->id);
}

// Takes the value of one field; `content` is what stands behind a length, else empty.
static int read_value(span *bytes, uint64_t wire_type, span *content) {
    uint64_t number;
    size_t left = (size_t)(bytes->end - bytes->at);
    content->at = content->end = bytes->at;
    switch (wire_type) {
    case PROTOBUF_C_WIRE_TYPE_VARINT:
        return read_varint(bytes, &number);
    case PROTOBUF_C_WIRE_TYPE_64BIT:
        if (left < 8) return 0;
        bytes->at += 8;
        return 1;
    case PROTOBUF_C_WIRE_TYPE_32BIT:
        if (left < 4) return 0;
        bytes->at += 4;
        return 1;
    default:
        if (!read_varint(bytes, &number)) return 0;
        if (number > (uint64_t)(bytes->end - bytes->at)) return 0;
        content->at = bytes->at;
        bytes->at += number;
        content->end = bytes->at;
        return 1;
    }
}

static int is_packed(const ProtobufCFieldDescriptor *field, uint64_t wire_type) {
    return field->label == PROTOBUF_C_LABEL_REPEATED && wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED;
}

static int check_message(
    check *state, const ProtobufCMessageDescriptor *descriptor, span bytes, unsigned depth) {
    // One bit for each list and submessage seen; the plugin refuses messages of more than 64 fields.
    uint64_t seen = 0;
    size_t members = 0, slab = FIRST_SLAB, slab_room = FIRST_SLAB;
    if (!add_memory(state, descriptor->sizeof_message)) {
        return refuse(state, HAZWATCH_TOO_MUCH_MEMORY, descriptor, 0);
    }
    while (bytes.at < bytes.end) {
        uint64_t tag;
        const uint8_t *start = bytes.at;
        if (!read_varint(&bytes, &tag) || tag >> 3 == 0 || tag > UINT32_MAX) {
            return refuse(state, HAZWATCH_MALFORMED, descriptor, 0);
        }
        uint32_t number = (uint32_t)(tag >> 3);
        uint64_t wire_type = tag & 7;
        if (wire_type == 3 || wire_type == 4 || wire_type > 5) {
            return refuse(
                state, wire_type > 5 ? HAZWATCH_MALFORMED : HAZWATCH_WIRE_TYPE, descriptor, number);
        }
        span content;
        if (!read_value(&bytes, wire_type, &content)) {
            return refuse(state, HAZWATCH_MALFORMED, descriptor, number);
        }
        if (++members > slab_room) {
            slab *= 2;
            slab_room += slab;
            if (!add_memory(state, slab * SCANNED_MEMBER)) {
                return refuse(state, HAZWATCH_TOO_MUCH_MEMORY, descriptor, number);
            }
        }
        const ProtobufCFieldDescriptor *field = find_field(descriptor, number);
        if (field == NULL) {
            size_t size = (size_t)(bytes.at - start) + sizeof(ProtobufCMessageUnknownField);
            if (!add_memory(state, size)) {
                return refuse(state, HAZWATCH_TOO_MUCH_MEMORY, descriptor, number);
            }
            continue;
        }
        if (wire_type != wire_type_of(field->type) && !is_packed(field, wire_type)) {
            return refuse(state, HAZWATCH_WIRE_TYPE, descriptor, number);
        }
        uint64_t bit = (uint64_t)1 << ((field - descriptor->fields) & 63);
        if (field->label == PROTOBUF_C_LABEL_REPEATED) {
            state->memory += element_size(field->type) + (seen & bit ? 0 : ROUNDING);
            seen |= bit;
        } else if (field->type == PROTOBUF_C_TYPE_MESSAGE) {
            if (seen & bit) return refuse(state, HAZWATCH_SUBMESSAGE_REPEATED, descriptor, number);
            seen |= bit;
        }
        if (wire_type == PROTOBUF_C_WIRE_TYPE_LENGTH_PREFIXED
            && !check_content(state, descriptor, field, content, depth)) {
            return 0;
        }
    }
    return 1;
}

hazwatch_decoding_outcome hazwatch_message_check(
    const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t length, size_t *memory) {
    size_t limit = HAZWATCH_MEMORY_MAX;
    if (length < (limit - HAZWATCH_MEMORY_BASE) / HAZWATCH_MEMORY_PER_BYTE) {
        limit = HAZWATCH_MEMORY_BASE + length * HAZWATCH_MEMORY_PER_BYTE;
    }
    check state = {0, limit, {HAZWATCH_DECODED, 0, descriptor}};
    check_message(&state, descriptor, (span){data, data + length}, HAZWATCH_DEPTH_MAX);
    *memory = state.memory;
    return state.outcome;
}
