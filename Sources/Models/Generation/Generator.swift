import Concurrency

/// Conversation to streamed answer.
public protocol Generator: Sendable {
    /// The model's name, shown with the answer.
    var name: String { get }

    /// The answer, made no faster than it is read; nothing happens before the first read.
    ///
    /// It ends with ``GenerationEvent/finished(_:)``, or throws: ``ModelsError`` for a request that this generator
    /// cannot carry out, else the provider's error. Cancelling the reading task or dropping the iterator ends
    /// the work.
    func generate(_ request: GenerationRequest) -> PulledSequence<GenerationEvent>
}
