// Memory for protobuf-c: decoding that a stranger cannot make grow, and encoding without malloc
// for each field. protobuf-c alone accepts invalid UTF-8, cuts strings at NUL and allocates what the
// sender likes; everything here exists to close these three holes.
#ifndef HAZWATCH_MESSAGE_ARENA_H
#define HAZWATCH_MESSAGE_ARENA_H

#include <protobuf-c/protobuf-c.h>
#include <stddef.h>
#include <stdint.h>

// Why bytes were refused.
typedef enum {
    HAZWATCH_DECODED = 0,
    HAZWATCH_MALFORMED,            // cut off, a varint without end, field number 0
    HAZWATCH_WIRE_TYPE,            // a known field in another wire type, or a group
    HAZWATCH_NOT_UTF8,             // a string that is not UTF-8
    HAZWATCH_NUL,                  // a string with an embedded NUL
    HAZWATCH_TOO_DEEP,             // more messages inside each other than the limit
    HAZWATCH_TOO_MUCH_MEMORY,      // more memory than the limit
    HAZWATCH_SUBMESSAGE_REPEATED,  // a singular submessage twice; protobuf-c does not merge rightly
} hazwatch_decoding_result;

// What was refused, and where.
typedef struct {
    hazwatch_decoding_result result;
    uint32_t field;                               // the field number; 0: not known
    const ProtobufCMessageDescriptor *_Nullable descriptor; // the message that the field is in
} hazwatch_decoding_outcome;

// How much a message may need; each has its reason in message_check.c.
enum {
    HAZWATCH_DEPTH_MAX = 64,
    HAZWATCH_MEMORY_BASE = 64 * 1024,
    HAZWATCH_MEMORY_PER_BYTE = 32,
    HAZWATCH_MEMORY_MAX = 64 * 1024 * 1024,
};

// Reads `data` once without allocating: sets `*memory` to what protobuf-c will allocate for it at most.
hazwatch_decoding_outcome hazwatch_message_check(
    const ProtobufCMessageDescriptor *_Nonnull descriptor, const uint8_t *_Nullable data, size_t length,
    size_t *_Nonnull memory);

typedef struct hazwatch_arena hazwatch_arena;

// Opens the arena of this thread, or a new one if it is in use. Must be closed on the same thread.
hazwatch_arena *_Nonnull hazwatch_arena_open(void);

// Frees all that came from the arena.
void hazwatch_arena_close(hazwatch_arena *_Nonnull arena);

// Memory aligned to 16, not cleared, until the arena is closed.
void *_Nonnull hazwatch_arena_allocate(hazwatch_arena *_Nonnull arena, size_t size);

// A copy of a string with NUL behind it. protobuf-c cannot carry NUL inside of strings: each becomes
// U+FFFD.
char *_Nonnull hazwatch_arena_text(hazwatch_arena *_Nonnull arena, const char *_Nullable text, size_t length);

// Checks and unpacks; NULL, and why in `*outcome`, if refused. The message lives until the arena is closed.
const ProtobufCMessage *_Nullable hazwatch_arena_decode(
    hazwatch_arena *_Nonnull arena, const ProtobufCMessageDescriptor *_Nonnull descriptor,
    const uint8_t *_Nullable data, size_t length, hazwatch_decoding_outcome *_Nonnull outcome);

#endif
