import Foundation
import Transport

/// What an object's content is compared with: S3's sum of the whole, or of the sums of its parts.
struct S3Comparison: Sendable, Hashable {
    var kind: S3Checksum
    /// In Base64.
    var sum: String
    /// `nil` where the sum is the content's own.
    var parts: Parts?

    /// Where an object was cut, as far as its length, its first part and their number tell.
    struct Parts: Sendable, Hashable {
        var count: Int
        private var first: Int
        /// Whether they grow as those of an upload of ours: ``S3Parts/bytes(ofPart:)``.
        private var isGrowing: Bool

        /// - Returns: `nil` where parts of neither form come to the length.
        init?(count: Int, first: Int, length: Int) {
            guard count >= 1, count <= S3Parts.mostParts, first >= 1, first <= min(length, 5 << 30)
            else { return nil }
            self.count = count
            self.first = first
            for isGrowing in [false, true] {
                self.isGrowing = isGrowing
                let before = (1..<count).reduce(0) { $0 + bytes(ofPart: $1) }
                if before < length, length <= before + bytes(ofPart: count) { return }
            }
            return nil
        }

        /// Of all but the last, which has what is left.
        func bytes(ofPart number: Int) -> Int {
            isGrowing ? S3Parts.bytes(ofPart: number, first: first) : first
        }
    }

    /// Of content that comes piece by piece.
    struct Running: Sendable {
        private let comparison: S3Comparison
        private let empty: S3RunningChecksum
        /// Of the content, or of the part that comes.
        private var sum: S3RunningChecksum
        /// Of the parts' sums.
        private var joined: S3RunningChecksum
        private var number = 1
        private var left: Int

        init(_ comparison: S3Comparison) {
            self.comparison = comparison
            empty = S3RunningChecksum(comparison.kind)
            sum = empty
            joined = empty
            left = comparison.parts?.bytes(ofPart: 1) ?? .max
        }

        mutating func update(_ data: Data) {
            guard let parts = comparison.parts else { return sum.update(data) }
            var rest = data[...]
            while number < parts.count, rest.count >= left {
                sum.update(rest.prefix(left))
                rest = rest.dropFirst(left)
                joined.update(sum.bytes)
                sum = empty
                number += 1
                left = parts.bytes(ofPart: number)
            }
            sum.update(rest)
            left -= rest.count
        }

        /// Whether all that came is what the sum is of.
        var isEqual: Bool {
            guard comparison.parts != nil else { return sum.base64 == comparison.sum }
            var joined = joined
            joined.update(sum.bytes)
            return joined.base64 == comparison.sum
        }
    }

    func isEqual(_ data: Data) -> Bool {
        var running = Running(self)
        running.update(data)
        return running.isEqual
    }
}

extension S3 {
    /// What an object's content can be compared with; `nil` where S3 tells nothing of the kind.
    ///
    /// A sum of the parts' sums needs to know where the object was cut: one request more asks for its first part.
    func comparison(
        _ bucket: String, _ key: String, _ facts: S3ObjectFacts
    ) async throws(AWSError) -> S3Comparison? {
        if let (kind, sum) = facts.comparable { return S3Comparison(kind: kind, sum: sum) }
        guard let (kind, sum, count) = facts.composite else { return nil }
        let first = count == 1 ? facts.length : try await length(ofPart: 1, bucket, key, facts)
        guard let first, let parts = S3Comparison.Parts(count: count, first: first, length: facts.length)
        else { return nil }
        return S3Comparison(kind: kind, sum: sum, parts: parts)
    }

    /// Whether content that does not have the sum is not the object's: parts of another size than thought, and an
    /// object that was replaced meanwhile, say nothing.
    func isDamage(
        _ comparison: S3Comparison, _ bucket: String, _ key: String, _ facts: S3ObjectFacts
    ) async throws(AWSError) -> Bool {
        guard let parts = comparison.parts else { return true }
        for number in 1..<parts.count {
            let length = try await length(ofPart: number, bucket, key, facts)
            guard length == parts.bytes(ofPart: number) else { return false }
        }
        return try await head(bucket, key).eTag == facts.eTag
    }

    /// - Returns: `nil` for a server that does not know parts of objects.
    private func length(
        ofPart number: Int, _ bucket: String, _ key: String, _ facts: S3ObjectFacts
    ) async throws(AWSError) -> Int? {
        let version = facts.versionID.map { [(name: "versionId", value: Optional($0))] } ?? []
        do throws(AWSError) {
            let response = try await send(
                operation(
                    "HeadObject", "HEAD", bucket, key, query: version + [("partNumber", "\(number)")]))
            return response.head["content-length"].flatMap { Int($0) }
        } catch {
            if case .refused(let refusal) = error, !error.isRetryable, refusal.status != 403 { return nil }
            throw error
        }
    }
}
