import Concurrency
import Foundation
import Transport

/// An object that is copied.
public struct S3CopySource: Sendable, Hashable {
    public var bucket: String
    public var key: String
    /// `nil` for the newest.
    public var versionID: String?
    /// The ETag that it must have, in quotes as S3 gives it.
    public var eTag: String?

    public init(_ bucket: String, _ key: String, versionID: String? = nil, eTag: String? = nil) {
        self.bucket = bucket
        self.key = key
        self.versionID = versionID
        self.eTag = eTag
    }

    /// As S3 names it in a header.
    var name: String {
        let path = "\(bucket)/\(key)".percentEncoded(keeping: "/")
        return path + (versionID.map { "?versionId=\($0.percentEncoded())" } ?? "")
    }
}

extension S3 {
    /// Objects up to this size are copied in one request: S3's 5 GB.
    static let mostCopiedBytes = 5 << 30

    /// Copies an object within S3; no byte of it comes here.
    ///
    /// All of the copy is of the version that was there at the beginning. What is larger than 5 GB is copied in
    /// parts side by side, and given up when anything fails, so that the parts cost nothing; its tags are not copied
    /// then, and neither are its access list and its lock in any case.
    ///
    /// - Parameters:
    ///   - options: the copy's condition, encryption and checksum; its content type and metadata too where
    ///     `replacesMetadata`.
    ///   - replacesMetadata: whether the copy has the content type and metadata of `options`, and not the source's.
    ///   - parts: of a copy in parts. S3 does the work, so they are large.
    /// - Throws: ``AWSError``; of kind `conflict` when the source's ETag is another or the copy's condition does not
    ///   hold. A source of another region is copied if the network lets S3 do that; else of kind `wrongRegion`.
    public func copy(
        _ source: S3CopySource, to bucket: String, _ key: String, options: S3WriteOptions = S3WriteOptions(),
        replacesMetadata: Bool = false, parts: S3Parts = S3Parts(partBytes: 512 << 20, width: 8)
    ) async throws(AWSError) -> S3Receipt {
        try await copy(
            source, to: bucket, key, options: options, replacesMetadata: replacesMetadata, parts: parts,
            mostBytes: Self.mostCopiedBytes)
    }

    /// - Parameter mostBytes: of a copy in one request.
    func copy(
        _ source: S3CopySource, to bucket: String, _ key: String, options: S3WriteOptions,
        replacesMetadata: Bool, parts: S3Parts, mostBytes: Int
    ) async throws(AWSError) -> S3Receipt {
        guard replacesMetadata || (options.contentType == nil && options.metadata.isEmpty) else {
            throw service.invalid(
                "CopyObject", "a copy that keeps its source's metadata takes no content type or metadata")
        }
        let response = try await send(headOperation(source))
        let found = try facts(response.head, "HeadObject")
        guard source.eTag == nil || source.eTag == found.eTag else {
            throw .refused(
                AWSError.Refusal(
                    service: "s3", operation: "CopyObject", status: 412, code: "PreconditionFailed",
                    message: "The source's ETag is \(found.eTag).", requestID: response.requestID,
                    resource: "s3://\(source.bucket)/\(source.key)"))
        }
        var pinned = source
        pinned.eTag = found.eTag
        guard found.length > mostBytes else {
            return try await copyWhole(pinned, bucket, key, options, replacesMetadata: replacesMetadata)
        }
        var written = options
        var headers: [(name: String, value: String)] = []
        if !replacesMetadata {
            written.contentType = found.contentType
            written.metadata = found.metadata
            headers = Self.keptHeaders.compactMap { name in response.head[name].map { (name, $0) } }
        }
        return try await copyInParts(pinned, found, bucket, key, written, headers, parts)
    }

    /// What an object has beside content type and metadata, and a copy in parts must be told anew.
    private static let keptHeaders = [
        "Cache-Control", "Content-Disposition", "Content-Encoding", "Content-Language", "Expires",
    ]

    private func headOperation(_ source: S3CopySource) throws(AWSError) -> AWSOperation {
        try operation(
            "HeadObject", "HEAD", source.bucket, source.key,
            query: source.versionID.map { [("versionId", $0)] } ?? [],
            headers: [("x-amz-checksum-mode", "ENABLED")])
    }

    private func copyWhole(
        _ source: S3CopySource, _ bucket: String, _ key: String, _ options: S3WriteOptions,
        replacesMetadata: Bool
    ) async throws(AWSError) -> S3Receipt {
        let name = "CopyObject"
        let headers =
            options.headers + options.conditionHeaders + source.headers + [
                ("x-amz-metadata-directive", replacesMetadata ? "REPLACE" : "COPY"),
                ("x-amz-checksum-algorithm", options.checksum.rawValue),
            ]
        let response = try await send(operation(name, "PUT", bucket, key, headers: headers))
        let result = try service.xml(response, name)
        guard let eTag = result["ETag"]?.text, !eTag.isEmpty else {
            throw service.unexpected(name, "it has no ETag", response.requestID)
        }
        return S3Receipt(
            eTag: eTag, versionID: response.head["x-amz-version-id"], requestID: response.requestID)
    }

    private func copyInParts(
        _ source: S3CopySource, _ found: S3ObjectFacts, _ bucket: String, _ key: String,
        _ options: S3WriteOptions, _ headers: [(name: String, value: String)], _ parts: S3Parts
    ) async throws(AWSError) -> S3Receipt {
        let ranges = try copiedRanges(found.length, parts)
        // S3 compares the copy with what it knows of its source.
        let known = found.comparable.flatMap {
            $0.kind == .crc32 && options.checksum == .crc32 ? $0.sum : nil
        }
        var options = options
        options.sumsWhole = options.sumsWhole || known != nil
        let upload = try await begin(bucket, key, options, headers)
        do {
            let written = try await Array(ranges.enumerated()).boundedMap(width: parts.width) { item in
                try await copyPart(source, item.offset + 1, item.element, upload)
            }
            return try await complete(upload, written, sum: known)
        } catch {
            // Outlives a cancellation: what is left lying is paid for.
            await Task { try? await abort(upload) }.value
            throw error as? AWSError ?? .transport(error as? TransportError ?? .cancelled)
        }
    }

    private func copiedRanges(_ length: Int, _ parts: S3Parts) throws(AWSError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        var start = 0
        while start < length {
            let end = min(start + parts.bytes(ofPart: ranges.count + 1), length)
            ranges.append(start..<end)
            start = end
            guard ranges.count <= S3Parts.mostParts else {
                throw service.invalid("UploadPartCopy", "an object has 10,000 parts at most")
            }
        }
        return ranges
    }

    private func copyPart(
        _ source: S3CopySource, _ number: Int, _ range: Range<Int>, _ upload: Upload
    ) async throws(AWSError) -> WrittenPart {
        let name = "UploadPartCopy"
        let response = try await send(
            operation(
                name, "PUT", upload.bucket, upload.key,
                query: [("partNumber", "\(number)"), ("uploadId", upload.id)],
                headers: source.headers + [
                    ("x-amz-copy-source-range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)")
                ]))
        let result = try service.xml(response, name)
        guard let eTag = result["ETag"]?.text, !eTag.isEmpty else {
            throw service.unexpected(name, "it has no ETag", response.requestID)
        }
        return WrittenPart(
            number: number, eTag: eTag, checksum: result[upload.options.checksum.element]?.text, sum: nil)
    }
}

extension S3CopySource {
    fileprivate var headers: [(name: String, value: String)] {
        [("x-amz-copy-source", name)] + (eTag.map { [("x-amz-copy-source-if-match", $0)] } ?? [])
    }
}
