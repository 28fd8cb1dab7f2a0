import Concurrency
import Foundation
import Transport

/// What an object is, without its content.
public struct S3ObjectFacts: Sendable, Hashable {
    /// In quotes, as S3 gives and takes it. Of an object of several parts it is no checksum of the content.
    public var eTag: String
    /// Bytes of the whole object.
    public var length: Int
    public var lastModified: Date?
    public var contentType: String?
    public var versionID: String?
    /// Keys in lower case.
    public var metadata: [String: String]
    /// What marks a write of ours; no part of the metadata.
    var writeMark: String?
    /// `AES256`, `aws:kms`, …
    public var encryption: String?
    public var encryptionKeyID: String?
    /// By kind, in Base64, where S3 told them. Of several parts they may be sums of the parts' sums.
    public var checksums: [S3Checksum: String]
    /// Whether the checksums are of the content as it is.
    public var isChecksumOfWhole: Bool

    init?(_ head: HTTPResponseHead) {
        guard let eTag = head["etag"], let length = Self.length(head) else { return nil }
        self.eTag = eTag
        self.length = length
        lastModified = head["last-modified"].flatMap(HTTPDate.parse)
        contentType = head["content-type"]
        versionID = head["x-amz-version-id"]
        encryption = head["x-amz-server-side-encryption"]
        encryptionKeyID = head["x-amz-server-side-encryption-aws-kms-key-id"]
        metadata = [:]
        for (name, value) in head.headers where name.lowercased().hasPrefix("x-amz-meta-") {
            metadata[String(name.lowercased().dropFirst("x-amz-meta-".count))] = value
        }
        writeMark = metadata.removeValue(forKey: S3WriteMark.name)
        checksums = [:]
        for kind in S3Checksum.allCases { checksums[kind] = head[kind.header] }
        isChecksumOfWhole =
            head["x-amz-checksum-type"].map { $0 == "FULL_OBJECT" }
            ?? !(eTag.contains("-") || checksums.values.contains { $0.contains("-") })
    }

    /// What the content can be compared with.
    var comparable: (kind: S3Checksum, sum: String)? {
        guard isChecksumOfWhole else { return nil }
        return S3Checksum.allCases.lazy.compactMap { kind in checksums[kind].map { (kind, $0) } }.first
    }

    /// The sum of the parts' sums, and how many parts there are.
    var composite: (kind: S3Checksum, sum: String, count: Int)? {
        guard !isChecksumOfWhole else { return nil }
        for kind in S3Checksum.allCases {
            guard let words = checksums[kind]?.split(separator: "-"), let sum = words.first else { continue }
            // Base64 has no hyphen.
            let count = words.count == 2 ? Int(words[1]) : eTagCount
            if let count { return (kind, String(sum), count) }
        }
        return nil
    }

    /// How many parts an ETag such as `"9b2c…-3"` tells.
    private var eTagCount: Int? {
        eTag.lastIndex(of: "-").flatMap { Int(eTag[eTag.index(after: $0)...].filter { $0 != "\"" }) }
    }

    private static func length(_ head: HTTPResponseHead) -> Int? {
        if let range = head["content-range"], let slash = range.lastIndex(of: "/") {
            return Int(range[range.index(after: slash)...])
        }
        return head["content-length"].flatMap { Int($0) }
    }
}

/// What S3 says of an object that was written.
public struct S3Receipt: Sendable, Hashable {
    public var eTag: String
    public var versionID: String?
    public var requestID: String
}

/// How an object is written.
public struct S3WriteOptions: Sendable, Hashable {
    /// Under what condition an object is written.
    public enum Condition: Sendable, Hashable {
        /// There is none of that key yet.
        case isAbsent
        /// The one there is has this ETag.
        case matches(eTag: String)
    }

    /// With what S3 encrypts.
    public enum Encryption: Sendable, Hashable {
        /// A key of S3's own.
        case s3
        /// A key of KMS: an id, an ARN or an alias; `nil` for the account's key for S3.
        case kms(keyID: String?)
    }

    public var contentType: String?
    /// Names in lower case; values in ASCII.
    public var metadata: [String: String] = [:]
    /// `nil` for the bucket's own.
    public var encryption: Encryption?
    public var condition: Condition?
    public var checksum: S3Checksum = .crc32
    /// Whether S3 keeps one CRC-32 of the whole of what is uploaded in parts, as it does of an object that is written in
    /// one request, and not a sum of the parts' sums; of SHA-256 it offers the latter alone. S3 compares every part
    /// either way.
    public var sumsWhole = false

    public init() {}

    var isChecksumOfWhole: Bool { sumsWhole && checksum == .crc32 }

    /// Of what an upload in parts has the sum.
    var checksumType: String { isChecksumOfWhole ? "FULL_OBJECT" : "COMPOSITE" }

    /// Those that a multipart upload is begun with, and a plain write too.
    var headers: [(name: String, value: String)] {
        var headers: [(name: String, value: String)] = []
        if let contentType { headers.append(("Content-Type", contentType)) }
        for (name, value) in metadata.sorted(by: { $0.key < $1.key }) {
            headers.append(("x-amz-meta-\(name)", value))
        }
        switch encryption {
        case nil: break
        case .s3: headers.append(("x-amz-server-side-encryption", "AES256"))
        case .kms(let keyID):
            headers.append(("x-amz-server-side-encryption", "aws:kms"))
            if let keyID { headers.append(("x-amz-server-side-encryption-aws-kms-key-id", keyID)) }
        }
        return headers
    }

    var conditionHeaders: [(name: String, value: String)] {
        switch condition {
        case nil: []
        case .isAbsent: [("If-None-Match", "*")]
        case .matches(let eTag): [("If-Match", eTag)]
        }
    }
}

/// A line of a listing.
public struct S3ListedObject: Sendable, Hashable {
    public var key: String
    public var length: Int
    public var eTag: String
    public var lastModified: Date?
}

/// A page of a listing.
public struct S3Listing: Sendable, Hashable {
    public var objects: [S3ListedObject]
    /// What lies below the next delimiter, each once.
    public var prefixes: [String]
    /// For the next page; `nil` at the end.
    public var continuation: String?
}
