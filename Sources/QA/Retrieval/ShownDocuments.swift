import Concurrency
import Corpus

extension Sequence where Element == RetrievedChunk {
    /// The documents that passages are from; those of managed searches are none of the corpus, which cannot be asked about
    /// them.
    var documents: [String] { filter { $0.chunk.id > 0 }.map(\.chunk.documentID) }
}

extension Answer {
    /// The documents that it shows something of.
    var documents: [String] { (passages + related.map(\.passage) + citations.map(\.passage)).documents }
}

extension FlowEvent {
    fileprivate var documents: [String] {
        switch self {
        case .passages(let found): found.documents
        case .finished(let result): result.answer.documents
        default: []
        }
    }
}

extension ReadScope {
    /// The same events, each noted with the documents that it shows, before it is given out.
    ///
    /// A run that several people follow was made within the scope of one of them, and what was kept within none of
    /// theirs: what somebody is shown counts, not who searched.
    func noting(_ events: PulledSequence<FlowEvent>) -> PulledSequence<FlowEvent> {
        PulledSequence { [self] in
            var iterator = events.makeAsyncIterator()
            return {
                let event = try await iterator.next()
                if let event { self.shows(event.documents) }
                return event
            }
        }
    }
}
