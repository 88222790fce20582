#include "CMessageArena.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

// Every thread keeps the block that it used last, so that neither small messages nor full batches go
// to malloc, nor give memory back to the system and take it again. Larger ones are freed at once.
enum { FIRST_BYTES = 16 * 1024, KEPT_BYTES_MAX = 256 * 1024, ALIGNMENT = 16 };

// A block from malloc; what it holds begins one alignment behind its start.
typedef struct chunk {
    struct chunk *next;
    size_t size;
} chunk;

struct hazwatch_arena {
    uint8_t *at;    // the next free byte of the newest block
    uint8_t *end;   // one past it
    chunk *chunks;  // the newest first
    int is_own;     // 1: the arena of the thread; 0: from malloc
    int is_in_use;
};

static _Thread_local struct hazwatch_arena own;

// Only our own mistakes or an exhausted machine come here; Swift's allocator stops then too.
static void *memory_or_stop(size_t size) {
    void *memory = malloc(size);
    if (memory == NULL) abort();
    return memory;
}

static void free_chunks(chunk *chunks) {
    while (chunks != NULL) {
        chunk *next = chunks->next;
        free(chunks);
        chunks = next;
    }
}

static pthread_key_t thread_end;
static pthread_once_t once = PTHREAD_ONCE_INIT;

static void free_at_thread_end(void *arena) {
    free_chunks(((hazwatch_arena *)arena)->chunks);
    ((hazwatch_arena *)arena)->chunks = NULL;
}

static void make_key(void) {
    if (pthread_key_create(&thread_end, free_at_thread_end) != 0) abort();
}

static void use_newest(hazwatch_arena *arena) {
    arena->at = (uint8_t *)arena->chunks + ALIGNMENT;
    arena->end = arena->at + arena->chunks->size;
}

static void grow(hazwatch_arena *arena, size_t size) {
    size_t last = arena->chunks == NULL ? FIRST_BYTES / 2 : arena->chunks->size;
    size_t total = size > last * 2 ? size : last * 2;
    chunk *fresh = memory_or_stop(total + ALIGNMENT);
    fresh->next = arena->chunks;
    fresh->size = total;
    arena->chunks = fresh;
    use_newest(arena);
}

hazwatch_arena *hazwatch_arena_open(void) {
    struct hazwatch_arena *arena = &own;
    if (arena->is_in_use) {
        arena = memory_or_stop(sizeof *arena);
        arena->is_own = 0;
        arena->chunks = NULL;
    } else if (!arena->is_own) {
        arena->is_own = 1;
        pthread_once(&once, make_key);
        if (pthread_setspecific(thread_end, arena) != 0) abort();
    }
    arena->is_in_use = 1;
    if (arena->chunks == NULL) {
        grow(arena, 0);
    } else {
        use_newest(arena);
    }
    return arena;
}

void hazwatch_arena_close(hazwatch_arena *arena) {
    if (!arena->is_own) {
        free_chunks(arena->chunks);
        free(arena);
        return;
    }
    // The newest is the largest.
    if (arena->chunks->size <= KEPT_BYTES_MAX) {
        free_chunks(arena->chunks->next);
        arena->chunks->next = NULL;
    } else {
        free_chunks(arena->chunks);
        arena->chunks = NULL;
    }
    arena->is_in_use = 0;
}

static size_t aligned(size_t size) { return (size + ALIGNMENT - 1) & ~(size_t)(ALIGNMENT - 1); }

void *hazwatch_arena_allocate(hazwatch_arena *arena, size_t size) {
    size = aligned(size);
    if (size > (size_t)(arena->end - arena->at)) grow(arena, size);
    void *memory = arena->at;
    arena->at += size;
    return memory;
}

char *hazwatch_arena_text(hazwatch_arena *arena, const char *text, size_t length) {
    size_t nuls = 0;
    for (const char *at = text, *end = text + length; length > 0 && at < end; at++) {
        at = memchr(at, 0, (size_t)(end - at));
        if (at == NULL) break;
        nuls++;
    }
    char *copy = hazwatch_arena_allocate(arena, length + nuls * 2 + 1);
    char *to = copy;
    if (nuls == 0) {
        if (length > 0) memcpy(to, text, length);
        to += length;
    } else {
        for (size_t i = 0; i < length; i++) {
            if (text[i] != 0) {
                *to++ = text[i];
            } else {
                memcpy(to, "\xEF\xBF\xBD", 3);
                to += 3;
            }
        }
    }
    *to = 0;
    return copy;
}

static void *allocate_for_protobuf(void *data, size_t size) {
    hazwatch_arena *arena = data;
    size = aligned(size);
    // The check has counted what is needed; NULL makes protobuf-c give up cleanly if it was wrong.
    if (size > (size_t)(arena->end - arena->at)) return NULL;
    void *memory = arena->at;
    arena->at += size;
    return memory;
}

static void free_for_protobuf(void *data, void *memory) {
    (void)data;
    (void)memory;
}

const ProtobufCMessage *hazwatch_arena_decode(
    hazwatch_arena *arena, const ProtobufCMessageDescriptor *descriptor, const uint8_t *data, size_t length,
    hazwatch_decoding_outcome *outcome) {
    static const uint8_t nothing[1] = {0};
    if (data == NULL) data = nothing;
    size_t memory = 0;
    *outcome = hazwatch_message_check(descriptor, data, length, &memory);
    if (outcome->result != HAZWATCH_DECODED) return NULL;
    if (memory > (size_t)(arena->end - arena->at)) grow(arena, memory);
    ProtobufCAllocator allocator = {allocate_for_protobuf, free_for_protobuf, arena};
    ProtobufCMessage *message = protobuf_c_message_unpack(descriptor, &allocator, length, data);
    if (message == NULL) {
        outcome->result = HAZWATCH_MALFORMED;
        outcome->field = 0;
        outcome->descriptor = descriptor;
    }
    return message;
}
