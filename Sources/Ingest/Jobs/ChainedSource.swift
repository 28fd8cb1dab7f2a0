import Concurrency
import Corpus
import Sourcing

/// Several sources read one after another as one.
public struct ChainedSource: DocumentSource {
    let sources: [any DocumentSource]

    /// - Parameter sources: the last one gives the name.
    public init(sources: [any DocumentSource]) {
        self.sources = sources
    }

    public var name: String { sources.last?.name ?? "" }

    public var requestCount: Int? {
        let counts = sources.compactMap(\.requestCount)
        return counts.isEmpty ? nil : counts.reduce(0, +)
    }

    public func events(
        storedVersion: @escaping @Sendable (_ id: String) async -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error> {
        pacedEvents { sink in
            for source in sources {
                for try await event in source.events(storedVersion: storedVersion) {
                    try await sink.send(event)
                }
            }
        }
    }
}
