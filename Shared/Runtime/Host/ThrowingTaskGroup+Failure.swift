extension ThrowingTaskGroup where ChildTaskResult == Void, Failure == any Error {
    /// Waits until all children have ended, or throws what the first one threw as soon as it did;
    /// the group that is left by the throw cancels the others.
    ///
    /// `waitForAll` keeps the error to itself until the last child has ended, and so for ever if
    /// one of them waits for something that the failed one was to do.
    package mutating func waitForAllOrFailure() async throws {
        while try await next() != nil {}
    }
}
