import Backends
import Concurrency
import Confluence
import Corpus
import Foundation
import Ingest
import Sourcing
import Synchronization

/// Files that are sent to be ingested.
extension Services {
    /// Those that wait in the data folder: in it they are read by the process that took them, and no other has them.
    func uploadSource(_ corpus: any CorpusStore) throws -> UploadSource? {
        let limit = settings[\.ingest.uploadLimitMiB]
        guard limit > 0 else { return nil }
        let id = corpus is any SourceLeases ? try sharedUploadsName() : UploadsName.alone
        return UploadSource(
            id: id, folder: settings[\.data].appendingPathComponent("uploads"), limitBytes: limit << 20,
            attachmentText: attachmentText(), export: spaceExport(into: corpus))
    }

    /// Those that wait in the bucket of the settings, where any process reads them; `nil` where they name none.
    func sharedUploadSource(_ corpus: any CorpusStore) throws -> UploadSource? {
        let limit = settings[\.ingest.uploadLimitMiB]
        guard limit > 0, let place = try blobPlace() else { return nil }
        return UploadSource(
            id: UploadsName.shared,
            blobs: LateStreamedBlobStore {
                try await self.blobs("uploads/\(try await self.uploadsPlace(corpus))", in: place)
            }, folder: settings[\.data].appendingPathComponent("fetched-uploads"), limitBytes: limit << 20,
            attachmentText: attachmentText(), logger: logger, export: spaceExport(into: corpus))
    }

    /// Tells this database's uploads from those of another one in the same bucket: what no job names is removed.
    private func uploadsPlace(_ corpus: any CorpusStore) async throws -> String {
        guard let shared = corpus as? PostgresCorpus else { return try nodeID() }
        return try await shared.identity()
    }

    private func spaceExport(
        into corpus: any CorpusStore
    ) -> @Sendable (_ file: URL, _ isDryRun: Bool) throws -> any DocumentSource {
        let text = attachmentText()
        return { file, isDryRun in
            var source = try SpaceExportSource(path: file, baseURL: nil, attachmentText: text)
            // A site backup knows who is in which group; a dry run learns nothing.
            guard !isDryRun else { return source }
            source.onMemberships = { groups in
                for group in groups { try await corpus.setMembers(group.members, of: group.group) }
            }
            return source
        }
    }
}

/// A bucket's store that is made when it is first used. What fails then is tried again with the next use.
final class LateStreamedBlobStore: StreamedBlobStore {
    private let made = Mutex<S3BlobStore?>(nil)
    private let make: @Sendable () async throws -> S3BlobStore

    init(_ make: @escaping @Sendable () async throws -> S3BlobStore) {
        self.make = make
    }

    private var store: S3BlobStore {
        get async throws {
            if let store = made.withLock({ $0 }) { return store }
            let store = try await make()
            made.withLock { $0 = store }
            return store
        }
    }

    func blob(at key: String) async throws -> Data? { try await store.blob(at: key) }
    func put(_ data: Data, at key: String) async throws { try await store.put(data, at: key) }
    func remove(_ key: String) async throws { try await store.remove(key) }

    func list(under prefix: String) async throws -> [BlobEntry] {
        try await store.list(under: prefix)
    }

    func put(_ pieces: PulledSequence<Data>, at key: String) async throws {
        try await store.put(pieces, at: key)
    }

    func fetch(_ key: String, to file: URL) async throws -> Bool {
        try await store.fetch(key, to: file)
    }
}
