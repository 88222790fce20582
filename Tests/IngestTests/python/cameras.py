#!/usr/bin/python3
"""An RTSP server, GStreamer's own, with one test picture; prints its port, then the ports of what
is no camera: one that hangs after it has accepted, and one that sends nonsense.

    /open      H.264, for everybody
    /mjpeg     JPEG, for everybody
    /locked    H.264, for the user "viewer" with the password "pass:word"
    all else   404
"""
import json
import signal
import socket
import sys
import threading

import gi

gi.require_version("Gst", "1.0")
gi.require_version("GstRtsp", "1.0")
gi.require_version("GstRtspServer", "1.0")
from gi.repository import GLib, Gst, GstRtsp, GstRtspServer  # noqa: E402

PICTURE = "videotestsrc is-live=true ! video/x-raw,width=320,height=240,framerate=10/1"
H264 = f"( {PICTURE} ! x264enc tune=zerolatency speed-preset=ultrafast key-int-max=5 ! rtph264pay name=pay0 pt=96 )"
MJPEG = f"( {PICTURE} ! videoconvert ! video/x-raw,format=I420 ! jpegenc ! rtpjpegpay name=pay0 pt=26 )"


def factory(launch, **may_see):
    """What is sent on one path, and which roles may see it."""
    made = GstRtspServer.RTSPMediaFactory()
    made.set_launch(launch)
    made.set_shared(True)
    for role, may in may_see.items():
        structure = Gst.Structure.new_empty(role)
        # Who may know of it and not see it is asked who they are.
        structure.set_value("media.factory.access", True)
        structure.set_value("media.factory.construct", may)
        made.add_role_from_structure(structure)
    return made


def tell(**event):
    print(json.dumps(event), flush=True)


def impostor(name, says):
    """Accepts everybody, says something and then nothing; tells who came and who went."""
    listening = socket.socket()
    listening.bind(("127.0.0.1", 0))
    listening.listen(16)

    def keep(connection):
        tell(event=name + "-came")
        try:
            connection.sendall(says)
            while connection.recv(65536):
                pass
        except OSError:
            pass
        tell(event=name + "-went")

    def accept():
        while True:
            connection, _ = listening.accept()
            threading.Thread(target=keep, args=[connection], daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    return listening.getsockname()[1]


def main():
    Gst.init(None)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    server = GstRtspServer.RTSPServer()
    server.set_address("127.0.0.1")
    server.set_service("0")
    auth = GstRtspServer.RTSPAuth()
    viewer = GstRtspServer.RTSPToken()
    viewer.set_string("media.factory.role", "viewer")
    basic = GstRtspServer.RTSPAuth.make_basic("viewer", "pass:word")
    auth.add_basic(basic, viewer)
    nobody = GstRtspServer.RTSPToken()
    nobody.set_string("media.factory.role", "anonymous")
    auth.set_default_token(nobody)
    server.set_auth(auth)
    mounts = server.get_mount_points()
    mounts.add_factory("/open", factory(H264, anonymous=True, viewer=True))
    mounts.add_factory("/mjpeg", factory(MJPEG, anonymous=True, viewer=True))
    mounts.add_factory("/locked", factory(H264, anonymous=False, viewer=True))
    server.attach(None)
    print(server.get_bound_port(), flush=True)
    nonsense = b"HTTP/1.1 200 OK\r\n\r\n" + bytes(range(256)) * 64
    tell(event="ports", hanging=impostor("hanging", b""), nonsense=impostor("nonsense", nonsense))
    # Ends with the test that started it.
    GLib.io_add_watch(sys.stdin, GLib.PRIORITY_DEFAULT, GLib.IO_HUP, lambda *_: sys.exit(0))
    GLib.MainLoop().run()


main()
