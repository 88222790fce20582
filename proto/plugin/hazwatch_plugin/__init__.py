"""The parts of protoc-gen-hazwatch."""
