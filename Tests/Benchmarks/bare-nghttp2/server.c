/* The floor that `make bench` measures against: a gRPC server with nothing in it but libnghttp2 and
 * epoll. One thread, no TLS. It answers every call with the bytes it was sent and grpc-status 0,
 * without decoding them.
 *
 *   cc -O2 server.c -lnghttp2 -o bare-nghttp2 && ./bare-nghttp2 PORT
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <nghttp2/nghttp2.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

enum { BODY_MAX = 64 * 1024, READ_SIZE = 64 * 1024, WRITE_SIZE = 64 * 1024 };

struct call {
    size_t length, sent;
    unsigned char body[BODY_MAX];
};

struct connection {
    int fd, wants_write;
    nghttp2_session *session;
    size_t pending, flushed;
    unsigned char out[WRITE_SIZE + 32 * 1024];
};

/* Calls are kept for the next stream, so that the floor does not pay for malloc of large blocks. */
static struct call *spare[1024];
static size_t spare_count;
static nghttp2_session_callbacks *callbacks;
static nghttp2_option *options;
static int poller;

static nghttp2_nv field(const char *name, const char *value) {
    nghttp2_nv nv = {(uint8_t *)name, (uint8_t *)value, strlen(name), strlen(value),
        NGHTTP2_NV_FLAG_NO_COPY_NAME | NGHTTP2_NV_FLAG_NO_COPY_VALUE};
    return nv;
}

static int on_begin_headers(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
    (void)user;
    if (frame->hd.type != NGHTTP2_HEADERS || frame->headers.cat != NGHTTP2_HCAT_REQUEST) return 0;
    struct call *call = spare_count > 0 ? spare[--spare_count] : malloc(sizeof *call);
    if (call == NULL) return NGHTTP2_ERR_CALLBACK_FAILURE;
    call->length = call->sent = 0;
    nghttp2_session_set_stream_user_data(session, frame->hd.stream_id, call);
    return 0;
}

static int on_data_chunk(nghttp2_session *session, uint8_t flags, int32_t stream,
    const uint8_t *bytes, size_t count, void *user) {
    (void)flags, (void)user;
    struct call *call = nghttp2_session_get_stream_user_data(session, stream);
    if (call == NULL || count > BODY_MAX - call->length) return NGHTTP2_ERR_CALLBACK_FAILURE;
    memcpy(call->body + call->length, bytes, count);
    call->length += count;
    return 0;
}

static ssize_t read_body(nghttp2_session *session, int32_t stream, uint8_t *buffer, size_t room,
    uint32_t *flags, nghttp2_data_source *source, void *user) {
    (void)user;
    struct call *call = source->ptr;
    size_t count = call->length - call->sent < room ? call->length - call->sent : room;
    memcpy(buffer, call->body + call->sent, count);
    call->sent += count;
    if (call->sent == call->length) {
        nghttp2_nv trailer = field("grpc-status", "0");
        *flags |= NGHTTP2_DATA_FLAG_EOF | NGHTTP2_DATA_FLAG_NO_END_STREAM;
        if (nghttp2_submit_trailer(session, stream, &trailer, 1) != 0)
            return NGHTTP2_ERR_CALLBACK_FAILURE;
    }
    return (ssize_t)count;
}

static int on_frame(nghttp2_session *session, const nghttp2_frame *frame, void *user) {
    (void)user;
    int is_end = (frame->hd.flags & NGHTTP2_FLAG_END_STREAM) != 0;
    if (!is_end || (frame->hd.type != NGHTTP2_DATA && frame->hd.type != NGHTTP2_HEADERS)) return 0;
    struct call *call = nghttp2_session_get_stream_user_data(session, frame->hd.stream_id);
    if (call == NULL) return 0;
    nghttp2_nv head[] = {field(":status", "200"), field("content-type", "application/grpc")};
    nghttp2_data_provider body = {.source.ptr = call, .read_callback = read_body};
    return nghttp2_submit_response(session, frame->hd.stream_id, head, 2, &body);
}

static int on_close(nghttp2_session *session, int32_t stream, uint32_t code, void *user) {
    (void)code, (void)user;
    struct call *call = nghttp2_session_get_stream_user_data(session, stream);
    if (call == NULL) return 0;
    if (spare_count < sizeof spare / sizeof *spare) spare[spare_count++] = call;
    else free(call);
    return 0;
}

static void watch(struct connection *connection, int operation) {
    struct epoll_event event = {.data.ptr = connection,
        .events = EPOLLIN | (connection->wants_write ? EPOLLOUT : 0)};
    epoll_ctl(poller, operation, connection->fd, &event);
}

/* Writes until there is nothing left or the socket is full; nonzero: the connection is over. */
static int flush(struct connection *connection) {
    for (;;) {
        while (connection->pending < WRITE_SIZE) {
            const uint8_t *bytes;
            ssize_t count = nghttp2_session_mem_send(connection->session, &bytes);
            if (count < 0) return -1;
            if (count == 0) break;
            memcpy(connection->out + connection->pending, bytes, (size_t)count);
            connection->pending += (size_t)count;
        }
        if (connection->pending == 0) break;
        ssize_t written = send(connection->fd, connection->out + connection->flushed,
            connection->pending - connection->flushed, MSG_NOSIGNAL);
        if (written < 0) {
            if (errno != EAGAIN) return -1;
            if (!connection->wants_write) {
                connection->wants_write = 1;
                watch(connection, EPOLL_CTL_MOD);
            }
            return 0;
        }
        connection->flushed += (size_t)written;
        if (connection->flushed == connection->pending)
            connection->flushed = connection->pending = 0;
    }
    if (connection->wants_write) {
        connection->wants_write = 0;
        watch(connection, EPOLL_CTL_MOD);
    }
    return !nghttp2_session_want_read(connection->session)
        && !nghttp2_session_want_write(connection->session);
}

static void forget(struct connection *connection) {
    close(connection->fd);
    nghttp2_session_del(connection->session);
    free(connection);
}

static void accept_all(int listener) {
    for (;;) {
        int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
        if (fd < 0) return;
        int one = 1;
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        struct connection *connection = calloc(1, sizeof *connection);
        if (connection == NULL) exit(1);
        connection->fd = fd;
        nghttp2_session_server_new2(&connection->session, callbacks, connection, options);
        nghttp2_settings_entry settings = {NGHTTP2_SETTINGS_MAX_CONCURRENT_STREAMS, 1000};
        nghttp2_submit_settings(connection->session, NGHTTP2_FLAG_NONE, &settings, 1);
        watch(connection, EPOLL_CTL_ADD);
        flush(connection);
    }
}

/* Nonzero: the connection is over. */
static int take_in(struct connection *connection) {
    static uint8_t bytes[READ_SIZE];
    ssize_t count = recv(connection->fd, bytes, sizeof bytes, 0);
    if (count < 0) return errno == EAGAIN ? 0 : -1;
    if (count == 0) return -1;
    return nghttp2_session_mem_recv(connection->session, bytes, (size_t)count) < 0 ? -1 : 0;
}

int main(int argc, char **argv) {
    if (argc != 2) return fprintf(stderr, "usage: bare-nghttp2 PORT\n"), 2;
    int listener = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons((uint16_t)atoi(argv[1])),
        .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    if (bind(listener, (struct sockaddr *)&address, sizeof address) != 0
        || listen(listener, 128) != 0)
        return perror("bare-nghttp2"), 1;
    nghttp2_session_callbacks_new(&callbacks);
    nghttp2_session_callbacks_set_on_begin_headers_callback(callbacks, on_begin_headers);
    nghttp2_session_callbacks_set_on_data_chunk_recv_callback(callbacks, on_data_chunk);
    nghttp2_session_callbacks_set_on_frame_recv_callback(callbacks, on_frame);
    nghttp2_session_callbacks_set_on_stream_close_callback(callbacks, on_close);
    nghttp2_option_new(&options);
    nghttp2_option_set_no_closed_streams(options, 1);
    poller = epoll_create1(EPOLL_CLOEXEC);
    struct epoll_event listening = {.events = EPOLLIN, .data.ptr = NULL};
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &listening);
    for (;;) {
        struct epoll_event events[64];
        int count = epoll_wait(poller, events, 64, -1);
        for (int i = 0; i < count; i++) {
            struct connection *connection = events[i].data.ptr;
            if (connection == NULL) {
                accept_all(listener);
                continue;
            }
            int is_over = (events[i].events & (EPOLLIN | EPOLLHUP | EPOLLERR)) != 0
                && take_in(connection) != 0;
            if (is_over || flush(connection) != 0) forget(connection);
        }
    }
}
