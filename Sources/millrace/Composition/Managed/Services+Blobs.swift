import AWSServices
import Backends
import Corpus
import FlowService
import Foundation

extension Services {
    /// Where blobs of a kind are kept: in the bucket of the settings, under the kind's name, or in a folder.
    func blobs(_ kind: String, folder: URL) async throws -> any BlobStore {
        guard let place = try blobPlace() else { return FolderBlobStore(folder: folder) }
        return try await blobs(kind, in: place)
    }

    /// Blobs of a kind in a bucket, under the kind's name.
    func blobs(_ kind: String, in place: S3BlobStore.Place) async throws -> S3BlobStore {
        var place = place
        place.prefix = place.prefix.isEmpty ? kind : "\(place.prefix)/\(kind)"
        let key = settings[\.blobs.kmsKey]
        return S3BlobStore(
            try S3(try await awsAccount()), place, setting: Settings.name(\.blobs.s3),
            encryption: key.map { .kms(keyID: $0) })
    }

    /// Signs addresses of blobs for those who may read them; `nil` where the settings want none, or there is no bucket.
    func links(into blobs: any BlobStore) -> WorkspaceFiles.BlobLink? {
        let minutes = settings[\.blobs.presignedMinutes]
        guard minutes > 0, let bucket = blobs as? S3BlobStore else { return nil }
        return { key in try await bucket.link(to: key, expires: .seconds(60 * minutes)) }
    }

    /// The bucket of the settings; `nil` where they name none.
    func blobPlace() throws -> S3BlobStore.Place? {
        guard let address = settings[\.blobs.s3] else { return nil }
        guard let place = S3BlobStore.Place(address) else {
            throw settings.bad(\.blobs.s3, "s3://BUCKET or s3://BUCKET/PREFIX is expected")
        }
        return place
    }
}

/// A store that is made when it is first used: keys and region of AWS may take their time to be found.
struct LateBlobStore: BlobStore {
    private let store = OnceAwaited<any BlobStore>()
    private let make: @Sendable () async throws -> any BlobStore

    init(_ make: @escaping @Sendable () async throws -> any BlobStore) {
        self.make = make
    }

    func blob(at key: String) async throws -> Data? { try await store(make).blob(at: key) }
    func put(_ data: Data, at key: String) async throws { try await store(make).put(data, at: key) }
    func remove(_ key: String) async throws { try await store(make).remove(key) }

    func list(under prefix: String) async throws -> [BlobEntry] {
        try await store(make).list(under: prefix)
    }
}
