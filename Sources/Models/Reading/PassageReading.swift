/// A model that reads question and passage together and tells whether one answers the other.
public protocol PassageReading: Sendable {
    /// - Returns: one reading a passage, in order.
    /// - Throws: ``ModelsError``; `CancellationError` if the task is cancelled.
    func read(question: String, passages: [PassageReader.Passage]) async throws -> [Reading]
}

extension PassageReader: PassageReading {}
