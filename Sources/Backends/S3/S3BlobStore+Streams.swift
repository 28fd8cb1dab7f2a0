import AWSServices
import Concurrency
import Corpus
import Foundation
import Synchronization
import Transport

extension S3BlobStore: StreamedBlobStore {
    /// What is under way of one blob: 15 MiB with the part that is being filled.
    private static let stream = S3Parts(partBytes: 5 << 20, width: 2)

    public func put(_ pieces: PulledSequence<Data>, at key: String) async throws {
        let object = try object(key)
        // S3's errors know nothing of what the sender's own failure was.
        let failure = Failure()
        let watched = PulledSequence<Data> {
            var iterator = pieces.makeAsyncIterator()
            return {
                do {
                    return try await iterator.next()
                } catch {
                    failure.note(error)
                    throw error
                }
            }
        }
        do {
            _ = try await s3.upload(place.bucket, object, watched, options: options, parts: Self.stream)
        } catch {
            throw failure.first ?? error
        }
    }

    public func fetch(_ key: String, to file: URL) async throws -> Bool {
        let object = try object(key)
        do {
            _ = try await s3.download(place.bucket, object, to: file.path, parts: Self.stream)
            return true
        } catch AWSError.damagedObject(let resource, let checksum, let requestID) {
            throw DamagedBlob(
                place: resource, setting: setting,
                reason: "its \(checksum) differs from the object's (AWS request id \(requestID))")
        } catch {
            // HEAD, which has no body, says only that something is not there: it may be the bucket.
            guard error.kind == .notFound else { throw error }
            _ = try await s3.list(place.bucket, prefix: object, limit: 1)
            return false
        }
    }

    /// A URL with which whoever has it reads a blob until it is over, or until the keys are that signed it.
    ///
    /// It makes S3 send the bytes as a file to be saved: nothing of a blob is shown as a page of the bucket's address.
    ///
    /// - Parameter expires: 1 second to 7 days.
    /// - Throws: ``InvalidKey``, `AWSError`. Whether there is a blob is not asked.
    public func link(to key: String, expires: Duration) async throws -> String {
        try await s3.presign(
            "GET", place.bucket, try object(key), expires: expires,
            query: [
                ("response-content-disposition", "attachment"),
                ("response-content-type", "application/octet-stream"),
            ])
    }

    private final class Failure: Sendable {
        private let noted = Mutex<(any Error)?>(nil)

        var first: (any Error)? { noted.withLock { $0 } }

        func note(_ error: any Error) {
            noted.withLock { noted in if noted == nil { noted = error } }
        }
    }
}
