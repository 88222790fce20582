enum IngestCorePlaceholder {}
