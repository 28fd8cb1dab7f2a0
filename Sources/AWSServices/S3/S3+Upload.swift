import Concurrency
import Foundation
import Transport

/// How large parts are and how many are under way: their product bounds the memory of an upload or download.
public struct S3Parts: Sendable, Hashable {
    /// 5 MiB to 5 GiB.
    public var partBytes: Int
    public var width: Int

    /// - Parameter width: parts at a time, 1 or more.
    public init(partBytes: Int = 6 << 20, width: Int = 5) {
        precondition(width >= 1, "\(width) parts at a time move nothing")
        self.partBytes = partBytes
        self.width = width
    }

    static let mostParts = 10_000
    static let leastBytes = 5 << 20

    /// Parts that grow, so that 10,000 of them reach S3's largest object (50 TB at 5 GiB each, in theory): the size
    /// doubles every thousand parts.
    func bytes(ofPart number: Int) -> Int {
        Self.bytes(ofPart: number, first: max(partBytes, Self.leastBytes))
    }

    static func bytes(ofPart number: Int, first: Int) -> Int {
        min(first << min((number - 1) / 1000, 9), 5 << 30)
    }
}

extension S3 {
    /// Writes what comes piece by piece, whose length need not be known, in memory of `parts` times their width.
    ///
    /// What fits in one part is written in one request. Otherwise the parts are written side by side, each with
    /// its checksum, and joined at the end; the condition is S3's to judge then. When anything fails the upload is
    /// given up, so that its parts cost nothing.
    public func upload(
        _ bucket: String, _ key: String, _ pieces: PulledSequence<Data>,
        options: S3WriteOptions = S3WriteOptions(), parts: S3Parts = S3Parts()
    ) async throws(AWSError) -> S3Receipt {
        let source = S3PartSource(pieces, parts)
        do {
            if let whole = try await source.whole() {
                return try await put(bucket, key, .data(whole), options: options)
            }
            let upload = try await begin(bucket, key, options)
            do {
                let written = try await write(source, upload, width: parts.width)
                return try await complete(upload, written)
            } catch {
                // Outlives a cancellation: what is left lying is paid for.
                await Task { try? await abort(upload) }.value
                throw error
            }
        } catch {
            throw error as? AWSError ?? .transport(error as? TransportError ?? .cancelled)
        }
    }

    /// Writes a file, in parts where it is longer than one.
    public func upload(
        _ bucket: String, _ key: String, fileAt path: String, options: S3WriteOptions = S3WriteOptions(),
        parts: S3Parts = S3Parts()
    ) async throws(AWSError) -> S3Receipt {
        let file: HTTPFile
        do throws(TransportError) {
            file = try HTTPFile(path)
        } catch {
            throw .transport(error)
        }
        // Read by the part, so that a part is what was read.
        let pieces = file.pieces(ofBytes: parts.bytes(ofPart: 1))
        return try await upload(bucket, key, pieces, options: options, parts: parts)
    }

    struct Upload: Sendable {
        var bucket: String
        var key: String
        var id: String
        var options: S3WriteOptions
        var mark: S3WriteMark
    }

    struct WrittenPart: Sendable {
        var number: Int
        var eTag: String
        /// `nil` where S3, which made the part of another object, does not tell it.
        var checksum: String?
        /// Of its bytes, where they went through here.
        var sum: S3RunningChecksum?
    }

    /// - Parameter headers: beside those of the options.
    func begin(
        _ bucket: String, _ key: String, _ options: S3WriteOptions,
        _ headers: [(name: String, value: String)] = []
    ) async throws(AWSError) -> Upload {
        let mark = S3WriteMark()
        let response = try await send(
            operation(
                "CreateMultipartUpload", "POST", bucket, key, parameters: "?uploads",
                headers: options.headers + headers + [
                    mark.header, ("x-amz-checksum-algorithm", options.checksum.rawValue),
                    ("x-amz-checksum-type", options.checksumType),
                ]))
        guard let id = try service.xml(response, "CreateMultipartUpload")["UploadId"]?.text else {
            throw service.unexpected("CreateMultipartUpload", "it has no UploadId", response.requestID)
        }
        return Upload(bucket: bucket, key: key, id: id, options: options, mark: mark)
    }

    /// A part is taken from the source only when there is room for it: so many are in memory at most.
    private func write(
        _ source: S3PartSource, _ upload: Upload, width: Int
    ) async throws -> [WrittenPart] {
        var written: [WrittenPart] = []
        try await withThrowingTaskGroup(of: WrittenPart.self) { group in
            var running = 0
            while true {
                if running >= width, let part = try await group.next() {
                    written.append(part)
                    running -= 1
                }
                guard let next = try await source.next() else { break }
                group.addTask { try await write(next, upload) }
                running += 1
            }
            for try await part in group { written.append(part) }
        }
        return written.sorted { $0.number < $1.number }
    }

    private func write(_ part: S3PartSource.Part, _ upload: Upload) async throws(AWSError) -> WrittenPart {
        let kind = upload.options.checksum
        // Here, in the part's own task: parts are summed side by side, and each byte once.
        var running = S3RunningChecksum(kind)
        running.update(part.data)
        let sum = running.base64
        let response = try await send(
            operation(
                "UploadPart", "PUT", upload.bucket, upload.key,
                query: [("partNumber", "\(part.number)"), ("uploadId", upload.id)],
                headers: kind.headers(sum), input: .body(.data(part.data))))
        guard let eTag = response.head["etag"] else {
            throw service.unexpected("UploadPart", "it has no ETag", response.requestID)
        }
        return WrittenPart(number: part.number, eTag: eTag, checksum: sum, sum: running)
    }

    /// - Parameter sum: of the whole, where it is known although the bytes did not go through here.
    func complete(
        _ upload: Upload, _ parts: [WrittenPart], sum: String? = nil
    ) async throws(AWSError) -> S3Receipt {
        let name = "CompleteMultipartUpload"
        let kind = upload.options.checksum
        let input = XMLTree(
            name, namespace: S3Name.namespace,
            children: parts.map { part in
                var children = [XMLTree("ETag", text: part.eTag)]
                if let checksum = part.checksum { children.append(XMLTree(kind.element, text: checksum)) }
                return XMLTree("Part", children: children + [XMLTree("PartNumber", text: "\(part.number)")])
            })
        var headers = upload.options.conditionHeaders + [("x-amz-checksum-type", upload.options.checksumType)]
        if upload.options.isChecksumOfWhole, let whole = sum ?? Self.whole(parts, kind) {
            headers.append((kind.header, whole))
        }
        let response: AWSService.Response
        do throws(AWSError) {
            response = try await send(
                operation(
                    name, "POST", upload.bucket, upload.key, query: [("uploadId", upload.id)],
                    headers: headers, input: .xml(input)))
        } catch {
            guard
                let receipt = try await receipt(
                    upload.bucket, upload.key, writtenAs: upload.mark, despite: error)
            else { throw error }
            return receipt
        }
        let root = try service.xml(response, name)
        guard let eTag = root["ETag"]?.text else {
            throw service.unexpected(name, "it has no ETag", response.requestID)
        }
        return S3Receipt(
            eTag: eTag, versionID: response.head["x-amz-version-id"], requestID: response.requestID)
    }

    /// The sum of the whole, made of the parts' own; `nil` where there is none.
    private static func whole(_ parts: [WrittenPart], _ kind: S3Checksum) -> String? {
        var whole = S3RunningChecksum(kind)
        for part in parts {
            guard let sum = part.sum, whole.append(sum) else { return nil }
        }
        return whole.base64
    }

    func abort(_ upload: Upload) async throws(AWSError) {
        _ = try await send(
            operation(
                "AbortMultipartUpload", "DELETE", upload.bucket, upload.key,
                query: [("uploadId", upload.id)]))
    }
}
