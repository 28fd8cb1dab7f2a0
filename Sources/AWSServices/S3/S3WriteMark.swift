import Foundation
import Transport

/// Marks a write as ours, in the object's metadata.
///
/// A conditional write whose answer was lost is sent again, and S3 then refuses it for what it has done itself. By the
/// mark our own object is told from one that somebody else wrote, were it the same byte for byte.
struct S3WriteMark: Sendable, Hashable {
    /// The name of the metadata, in lower case.
    static let name = "millrace-write"

    let id = UUID().uuidString.lowercased()

    var header: (name: String, value: String) { ("x-amz-meta-\(Self.name)", id) }
}

extension S3 {
    /// What S3 says of an object that an attempt without an answer wrote after all.
    ///
    /// - Parameters:
    ///   - mark: `nil` for a write that was not marked.
    ///   - error: what the last attempt was refused with.
    /// - Returns: `nil` where the refusal is not of a repeated attempt, or the object is not ours.
    /// - Throws: where it cannot be told what became of the write.
    func receipt(
        _ bucket: String, _ key: String, writtenAs mark: S3WriteMark?, despite error: AWSError
    ) async throws(AWSError) -> S3Receipt? {
        guard let mark, case .refused(let refusal) = error, refusal.followsLostAnswer,
            [404, 409, 412].contains(refusal.status)
        else { return nil }
        do throws(AWSError) {
            let facts = try await head(bucket, key)
            guard facts.writeMark == mark.id else { return nil }
            return S3Receipt(
                eTag: facts.eTag, versionID: facts.versionID, requestID: refusal.requestID)
        } catch {
            if error.kind == .notFound { return nil }
            throw error
        }
    }
}
