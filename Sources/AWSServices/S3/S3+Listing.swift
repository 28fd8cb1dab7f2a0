import Concurrency
import Foundation
import Transport

extension S3 {
    /// A page of a bucket's keys, in the order of their bytes.
    ///
    /// - Parameters:
    ///   - delimiter: keys with it behind the prefix are told by ``S3Listing/prefixes`` alone.
    ///   - limit: 1 to 1,000.
    ///   - continuation: of the page before.
    public func list(
        _ bucket: String, prefix: String = "", delimiter: String? = nil, limit: Int = 1000,
        continuation: String? = nil
    ) async throws(AWSError) -> S3Listing {
        guard (1...1000).contains(limit) else {
            throw service.invalid("ListObjectsV2", "a page has 1 to 1,000 keys, not \(limit)")
        }
        // Keys may hold characters that XML cannot: they come percent-encoded.
        var query: [(name: String, value: String?)] = [
            ("list-type", "2"), ("encoding-type", "url"), ("max-keys", "\(limit)"),
        ]
        if !prefix.isEmpty { query.append(("prefix", prefix)) }
        if let delimiter { query.append(("delimiter", delimiter)) }
        if let continuation { query.append(("continuation-token", continuation)) }
        let response = try await send(operation("ListObjectsV2", "GET", bucket, query: query))
        let root = try service.xml(response, "ListObjectsV2", named: "ListBucketResult")
        let isEncoded = root["EncodingType"]?.text == "url"
        func key(_ text: String) -> String {
            guard isEncoded else { return text }
            return text.replacing("+", with: " ").removingPercentEncoding ?? text
        }
        var objects: [S3ListedObject] = []
        for entry in root.all("Contents") {
            guard let name = entry["Key"]?.text, let length = entry["Size"].flatMap({ Int($0.text) }) else {
                throw service.unexpected("ListObjectsV2", "an entry has no key or size", response.requestID)
            }
            objects.append(
                S3ListedObject(
                    key: key(name), length: length, eTag: entry["ETag"]?.text ?? "",
                    lastModified: entry["LastModified"].flatMap { AWSTime.parse($0.text) }))
        }
        let isTruncated = root["IsTruncated"]?.text == "true"
        let next = root["NextContinuationToken"]?.text
        guard !isTruncated || next?.isEmpty == false else {
            throw service.unexpected("ListObjectsV2", "it has no token of its next page", response.requestID)
        }
        return S3Listing(
            objects: objects,
            prefixes: root.all("CommonPrefixes").compactMap { $0["Prefix"].map { key($0.text) } },
            continuation: isTruncated ? next : nil)
    }

    /// All of a bucket's keys below a prefix; a page is fetched when it is come to. Throws ``AWSError``.
    public func objects(_ bucket: String, prefix: String = "") -> PulledSequence<S3ListedObject> {
        PulledSequence {
            var page: [S3ListedObject].Iterator = [].makeIterator()
            var continuation: String?
            var isLast = false
            return {
                while true {
                    if let next = page.next() { return next }
                    if isLast { return nil }
                    let listing = try await list(bucket, prefix: prefix, continuation: continuation)
                    page = listing.objects.makeIterator()
                    continuation = listing.continuation
                    isLast = continuation == nil
                }
            }
        }
    }
}
