import Foundation
import Transport

/// Amazon S3: objects in buckets.
///
/// A bucket is part of the host where its name can be, and of the path where it has a dot or the endpoint is not
/// AWS's own. A call about a bucket in another region goes there once S3 has said so. Every write carries a checksum,
/// which S3 compares; every whole read is compared with what S3 keeps.
public struct S3: Sendable {
    public static let description = AWSServiceDescription(
        endpointPrefix: "s3", serviceID: "S3", apiProtocol: .restXML)

    /// Where the bucket stands.
    public enum Addressing: Sendable {
        case automatic, host, path
    }

    let service: AWSService
    let regions = S3BucketRegions()
    private let addressing: Addressing

    /// - Parameter endpoint: another than AWS's own.
    public init(
        _ account: AWSAccount, endpoint: URL? = nil, addressing: Addressing = .automatic
    ) throws(AWSError) {
        // The longest silence of a part, and the longest exchange of what is small.
        let service = try account.service(Self.description, endpoint: endpoint, timeout: .seconds(300))
        self.init(service, addressing: addressing)
    }

    public init(_ service: AWSService, addressing: Addressing = .automatic) {
        self.service = service
        self.addressing = addressing
    }

    /// A call about an object, or about the bucket where `key` is `nil`.
    func operation(
        _ name: String, _ method: String, _ bucket: String, _ key: String? = nil, parameters: String = "",
        query: [(name: String, value: String?)] = [], headers: [(name: String, value: String)] = [],
        input: AWSOperation.Input = .none
    ) throws(AWSError) -> AWSOperation {
        guard S3Name.isBucket(bucket) else {
            throw service.invalid(name, "“\(bucket.prefix(80))” cannot be a bucket's name")
        }
        if let key {
            guard !key.isEmpty, key.utf8.count <= 1024 else {
                throw service.invalid(name, "a key has 1 to 1,024 bytes, not \(key.utf8.count)")
            }
        }
        var path = key == nil ? "" : "/{Key+}"
        var labels = key.map { ["Key": $0] } ?? [:]
        let isInHost: Bool =
            switch addressing {
            case .host: true
            case .path: false
            case .automatic: !service.hasOwnEndpoint && !bucket.contains(".")
            }
        if !isInHost {
            path = "/{Bucket}" + path
            labels["Bucket"] = bucket
        }
        var operation = AWSOperation(
            name, method: method, path: path + parameters, labels: labels, query: query, headers: headers,
            input: input, resource: "s3://\(bucket)" + (key.map { "/\($0)" } ?? ""))
        operation.hostPrefix = isInHost ? bucket + "." : nil
        operation.mayFailLate = Self.lateOperations.contains(name)
        return operation
    }

    func facts(_ head: HTTPResponseHead, _ name: String) throws(AWSError) -> S3ObjectFacts {
        guard let facts = S3ObjectFacts(head) else {
            throw service.unexpected(name, "it has no ETag or no length", head.requestID)
        }
        return facts
    }

    // MARK: Objects

    public func head(_ bucket: String, _ key: String) async throws(AWSError) -> S3ObjectFacts {
        let response = try await send(
            operation(
                "HeadObject", "HEAD", bucket, key, headers: [("x-amz-checksum-mode", "ENABLED")]))
        return try facts(response.head, "HeadObject")
    }

    /// A whole object, or a part of one, in memory; the client's `maxResponseBytes` is the most.
    ///
    /// - Parameters:
    ///   - range: bytes; one that begins past the end is refused by S3.
    ///   - ifMatch: the ETag that it must have.
    /// - Throws: ``AWSError``; ``AWSError/damagedObject(resource:checksum:requestID:)`` for a checksum that differs.
    public func get(
        _ bucket: String, _ key: String, range: Range<Int>? = nil, ifMatch: String? = nil
    ) async throws(AWSError) -> (facts: S3ObjectFacts, data: Data) {
        let response = try await send(try getOperation(bucket, key, range: range, ifMatch: ifMatch))
        let facts = try facts(response.head, "GetObject")
        if range == nil, let comparison = try await comparison(bucket, key, facts),
            !comparison.isEqual(response.body), try await isDamage(comparison, bucket, key, facts)
        {
            throw damage(comparison, bucket, key, response.requestID)
        }
        return (facts, response.body)
    }

    func damage(
        _ comparison: S3Comparison, _ bucket: String, _ key: String, _ requestID: String
    ) -> AWSError {
        .damagedObject(
            resource: "s3://\(bucket)/\(key)", checksum: comparison.kind.rawValue, requestID: requestID)
    }

    func getOperation(
        _ bucket: String, _ key: String, range: Range<Int>?, ifMatch: String?
    ) throws(AWSError) -> AWSOperation {
        // An object may be kept compressed: its bytes are wanted, and its checksum is theirs.
        var headers: [(name: String, value: String)] = [("Accept-Encoding", "identity")]
        if let range {
            guard !range.isEmpty, range.lowerBound >= 0 else {
                throw service.invalid("GetObject", "the range \(range) has no bytes")
            }
            headers.append(("Range", "bytes=\(range.lowerBound)-\(range.upperBound - 1)"))
        } else {
            headers.append(("x-amz-checksum-mode", "ENABLED"))
        }
        if let ifMatch { headers.append(("If-Match", ifMatch)) }
        return try operation("GetObject", "GET", bucket, key, headers: headers)
    }

    /// Writes an object in one request: at most 5 GB, and what is not a stream.
    ///
    /// - Throws: ``AWSError``; of kind `conflict` when the options' condition does not hold.
    public func put(
        _ bucket: String, _ key: String, _ body: HTTPBody, options: S3WriteOptions = S3WriteOptions()
    ) async throws(AWSError) -> S3Receipt {
        let sums: (sum: String, payloadHash: String?)?
        do {
            sums = try await options.checksum.sums(of: body)
        } catch {
            throw .transport(error as? TransportError ?? .cancelled)
        }
        guard let sums else {
            throw service.invalid("PutObject", "a stream is written in parts: use upload")
        }
        var headers = options.headers + options.conditionHeaders + options.checksum.headers(sums.sum)
        if let hash = sums.payloadHash { headers.append(("X-Amz-Content-SHA256", hash)) }
        let mark = options.condition == nil ? nil : S3WriteMark()
        if let mark { headers.append(mark.header) }
        let response: AWSService.Response
        do throws(AWSError) {
            response = try await send(
                operation("PutObject", "PUT", bucket, key, headers: headers, input: .body(body)))
        } catch {
            if let receipt = try await receipt(bucket, key, writtenAs: mark, despite: error) {
                return receipt
            }
            throw error
        }
        return try receipt(response, "PutObject")
    }

    /// Those whose status S3 sends before it has done the work.
    private static let lateOperations: Set<String> = [
        "CompleteMultipartUpload", "CopyObject", "UploadPartCopy",
    ]

    func receipt(_ response: AWSService.Response, _ name: String) throws(AWSError) -> S3Receipt {
        guard let eTag = response.head["etag"] else {
            throw service.unexpected(name, "it has no ETag", response.requestID)
        }
        return S3Receipt(
            eTag: eTag, versionID: response.head["x-amz-version-id"], requestID: response.requestID)
    }

    /// Deletes an object; one that is not there is deleted too.
    public func delete(_ bucket: String, _ key: String) async throws(AWSError) {
        _ = try await send(operation("DeleteObject", "DELETE", bucket, key))
    }

    /// Deletes objects, a thousand a request. Keys with characters that XML does not have are deleted one by one.
    ///
    /// - Returns: the keys that could not be deleted, with S3's code for each.
    public func delete(
        _ bucket: String, keys: [String]
    ) async throws(AWSError) -> [(key: String, code: String)] {
        var failed: [(key: String, code: String)] = []
        for key in keys where !XMLTree.canHold(key) {
            do throws(AWSError) {
                try await delete(bucket, key)
            } catch {
                guard case .refused(let refusal) = error, refusal.kind == .accessDenied else { throw error }
                failed.append((key, refusal.code))
            }
        }
        let keys = keys.filter(XMLTree.canHold)
        for start in stride(from: 0, to: keys.count, by: 1000) {
            let objects = keys[start..<min(start + 1000, keys.count)].map {
                XMLTree("Object", children: [XMLTree("Key", text: $0)])
            }
            let input = XMLTree(
                "Delete", namespace: S3Name.namespace, children: objects + [XMLTree("Quiet", text: "true")])
            let sum = S3Checksum.crc32.of(Data(input.serialized().utf8))
            let response = try await send(
                operation(
                    "DeleteObjects", "POST", bucket, parameters: "?delete",
                    headers: S3Checksum.crc32.headers(sum), input: .xml(input)))
            let result = try service.xml(response, "DeleteObjects", named: "DeleteResult")
            failed += result.all("Error").map { ($0["Key"]?.text ?? "", $0["Code"]?.text ?? "") }
        }
        return failed
    }

    /// A URL with which somebody without keys reads (`GET`) or writes (`PUT`) an object until it is over.
    public func presign(
        _ method: String = "GET", _ bucket: String, _ key: String, expires: Duration,
        query: [(name: String, value: String?)] = []
    ) async throws(AWSError) -> String {
        let operation = try operation("Object", method, bucket, key, query: query)
        return try await service(for: operation).presign(operation, expires: expires)
    }
}

/// What may be a bucket's name.
enum S3Name {
    static let namespace = "http://s3.amazonaws.com/doc/2006-03-01/"

    static func isBucket(_ name: String) -> Bool {
        let isKnown = name.utf8.allSatisfy { byte in
            byte == UInt8(ascii: "-") || byte == UInt8(ascii: ".")
                || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        return isKnown && (3...63).contains(name.utf8.count) && name.first != "-" && name.first != "."
            && name.last != "-" && name.last != "." && !name.contains("..")
    }
}
