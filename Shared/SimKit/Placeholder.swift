enum SimKitPlaceholder {}
