// The messages of proto/ in C, made by protoc-c; proto/generate.sh writes all but this file.
#include "GrpcDescriptors.h"
#include "HazwatchDescriptors.h"
