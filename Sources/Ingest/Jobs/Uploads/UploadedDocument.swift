import Concurrency
import Corpus
import Sourcing

/// One document that somebody sent, with the readers that its sender named. One of the same name replaces it.
struct UploadedDocument: DocumentSource {
    /// Holds the file and nothing else.
    let folder: FolderSource
    let name: String
    let readers: AccessRule

    func events(
        storedVersion: @escaping @Sendable (_ id: String) async -> Int?
    ) -> AsyncThrowingStream<SourceEvent, any Error> {
        let events = ExclusiveIterator(folder.events(storedVersion: storedVersion).makeAsyncIterator())
        return AsyncThrowingStream { [self] in
            while let event = try await events.next() {
                if let told = told(event) { return told }
            }
            return nil
        }
    }

    /// What a folder tells, as it is of an upload; `nil` for what is not.
    private func told(_ event: SourceEvent) -> SourceEvent? {
        switch event {
        case .space(let space):
            return .space(Space(key: space.key, name: "Uploads", type: "uploads"))
        case .document(var source):
            source.document.id = id
            // Where it lies for the time of its job is nobody's business.
            source.document.url = nil
            source.document.readers = readers
            return .document(source)
        case .skipped(var skipped):
            skipped.id = id
            return .skipped(skipped)
        // The other uploads of the space are not absent.
        case .listed: return nil
        default: return event
        }
    }

    private var id: String { "upload:\(name)" }
}
