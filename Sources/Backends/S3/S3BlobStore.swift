import AWSServices
import Concurrency
import Corpus
import Foundation
import Transport

/// A `BlobStore` in a bucket of S3, each blob an object under a prefix.
///
/// Objects are written whole, with a checksum that S3 compares, so that a blob is all of its bytes or not there. Large ones
/// are written and read in parts.
public struct S3BlobStore: BlobStore {
    /// A key that objects cannot have here.
    public struct InvalidKey: Error, Hashable, CustomStringConvertible {
        public var key: String

        public var description: String {
            "“\(key.prefix(200))” is no key of a blob: plain names between slashes are."
        }
    }

    /// Where blobs lie: `s3://bucket/prefix`.
    public struct Place: Sendable, Hashable {
        public var bucket: String
        /// Without slashes at its ends; empty for the whole bucket.
        public var prefix: String

        public init(bucket: String, prefix: String = "") {
            self.bucket = bucket
            self.prefix = prefix
        }

        /// `nil` unless `text` is an address such as `s3://bucket/prefix`.
        public init?(_ text: String) {
            guard text.hasPrefix("s3://") else { return nil }
            let parts = text.dropFirst("s3://".count).split(separator: "/")
            guard let bucket = parts.first else { return nil }
            self.init(
                bucket: String(bucket), prefix: parts.dropFirst().joined(separator: "/"))
        }
    }

    let s3: S3
    public let place: Place
    /// The name of the setting that says where blobs lie, for messages.
    let setting: String?
    let options: S3WriteOptions
    /// Blobs up to this size are written in one request.
    private let mostPutBytes: Int
    private static let parts = S3Parts(partBytes: 8 << 20, width: 4)

    /// - Parameters:
    ///   - setting: the name of the setting that says where blobs lie, for messages; `nil` where none does.
    ///   - encryption: `nil` for the bucket's own.
    public init(
        _ s3: S3, _ place: Place, setting: String? = nil, encryption: S3WriteOptions.Encryption? = nil
    ) {
        self.init(s3, place, setting: setting, encryption: encryption, mostPutBytes: 32 << 20)
    }

    init(
        _ s3: S3, _ place: Place, setting: String? = nil, encryption: S3WriteOptions.Encryption? = nil,
        mostPutBytes: Int
    ) {
        self.s3 = s3
        self.place = place
        self.setting = setting
        self.mostPutBytes = mostPutBytes
        var options = S3WriteOptions()
        options.encryption = encryption
        // So that a reader can compare what was written in parts with one sum.
        options.sumsWhole = true
        self.options = options
    }

    public func blob(at key: String) async throws -> Data? {
        do {
            return try await read(try object(key)).data
        } catch let error as AWSError where error.code == "NoSuchKey" {
            return nil
        }
    }

    public func put(_ data: Data, at key: String) async throws {
        try await write(data, try object(key), options)
    }

    private func write(_ data: Data, _ object: String, _ options: S3WriteOptions) async throws {
        guard data.count > mostPutBytes else {
            _ = try await s3.put(place.bucket, object, .data(data), options: options)
            return
        }
        let size = Self.parts.partBytes
        let pieces = stride(from: data.startIndex, to: data.endIndex, by: size).map {
            data[$0..<min($0 + size, data.endIndex)]
        }
        _ = try await s3.upload(
            place.bucket, object, PulledSequence(pieces), options: options, parts: Self.parts)
    }

    /// In one request where it fits in an answer, else in parts: what announces more than that is not read first.
    ///
    /// - Throws: `DamagedBlob` for what is not what was written.
    private func read(_ object: String) async throws -> (facts: S3ObjectFacts, data: Data) {
        do {
            do {
                return try await s3.get(place.bucket, object)
            } catch AWSError.transport(.responseTooLarge) {
                return try await s3.data(place.bucket, object, parts: Self.parts)
            }
        } catch AWSError.damagedObject(let resource, let checksum, let requestID) {
            throw DamagedBlob(
                place: resource, setting: setting,
                reason: "its \(checksum) differs from the object's (AWS request id \(requestID))")
        }
    }

    public func remove(_ key: String) async throws {
        try await s3.delete(place.bucket, try object(key))
    }

    public func list(under prefix: String) async throws -> [BlobEntry] {
        let start = try object(prefix) + "/"
        let own = start.count - prefix.count - 1
        var entries: [BlobEntry] = []
        for try await object in s3.objects(place.bucket, prefix: start) {
            entries.append(
                BlobEntry(
                    key: String(object.key.dropFirst(own)), byteCount: object.length,
                    storedAt: object.lastModified ?? .distantPast))
        }
        return entries
    }

    /// The object of a key, which lies under the prefix whatever the key is.
    func object(_ key: String) throws(InvalidKey) -> String {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        let arePlain = parts.allSatisfy { part in
            !part.isEmpty && !part.hasPrefix(".") && part.utf8.count <= 200
                && part.utf8.allSatisfy { $0 > 0x20 && $0 != 0x7F && $0 != UInt8(ascii: "\\") }
        }
        guard arePlain else { throw InvalidKey(key: key) }
        return place.prefix.isEmpty ? key : "\(place.prefix)/\(key)"
    }
}

extension S3BlobStore: ConditionalBlobStore {
    public func taggedBlob(at key: String) async throws -> TaggedBlob? {
        do {
            let (facts, data) = try await read(try object(key))
            return TaggedBlob(data: data, tag: facts.eTag)
        } catch let error as AWSError where error.code == "NoSuchKey" {
            return nil
        }
    }

    public func put(_ data: Data, at key: String, ifTag tag: String?) async throws -> Bool {
        var options = options
        options.condition = tag.map { .matches(eTag: $0) } ?? .isAbsent
        do {
            try await write(data, try object(key), options)
            return true
        } catch let error as AWSError where error.kind == .conflict || error.code == "NoSuchKey" {
            // The object was written, or deleted, by somebody else since.
            return false
        }
    }
}
