// The messages of grpc.testing in C, made by protoc-c; proto/generate.sh writes all but this file.
// Generated Swift carries every field, those that the proto file calls deprecated too.
#define PROTOBUF_C__NO_DEPRECATED
#include "TestDescriptors.h"
