import Synchronization
import Transport

/// Buckets that S3 told to be in another region than the client's, known to all copies of a client.
final class S3BucketRegions: Sendable {
    private struct State {
        var regions: [String: String] = [:]
        var services: [String: AWSService] = [:]
    }

    /// Buckets that are remembered.
    private static let mostBuckets = 1000

    private let state = Mutex(State())

    /// - Returns: `nil` for a bucket that nothing else is known of than that it is asked for.
    func service(of bucket: String) -> AWSService? {
        state.withLock { state in state.regions[bucket].flatMap { state.services[$0] } }
    }

    func service(in region: String) -> AWSService? {
        state.withLock { $0.services[region] }
    }

    func note(_ bucket: String, in service: AWSService) {
        state.withLock { state in
            if state.regions.count >= Self.mostBuckets { state = State() }
            state.regions[bucket] = service.region
            state.services[service.region] = service
        }
    }

    func forget(_ bucket: String) {
        state.withLock { $0.regions[bucket] = nil }
    }
}

/// A call about a bucket in another region is signed and sent anew, once, to where S3 says that the bucket lies; later
/// calls about it go there at once.
///
/// Only the region is taken from S3's answer, never a host: it has to be one of the client's own partition, whose host is
/// the endpoint table's. With an endpoint of one's own the calls stay there, signed for that region.
extension S3 {
    func send(_ operation: AWSOperation) async throws(AWSError) -> AWSService.Response {
        try await followed(operation) { service throws(AWSError) in try await service.send(operation) }
    }

    func streamed(_ operation: AWSOperation) async throws(AWSError) -> HTTPStreamedResponse {
        try await followed(operation) { service throws(AWSError) in try await service.stream(operation) }
    }

    /// Where a call goes before S3 has said anything of it.
    func service(for operation: AWSOperation) -> AWSService {
        Self.bucket(of: operation).flatMap(regions.service(of:)) ?? service
    }

    private func followed<Answer>(
        _ operation: AWSOperation, _ call: (AWSService) async throws(AWSError) -> Answer
    ) async throws(AWSError) -> Answer {
        let first = service(for: operation)
        do throws(AWSError) {
            return try await call(first)
        } catch {
            guard case .refused(let refusal) = error, Self.maySayElsewhere(refusal, operation),
                operation.isReplayable, let bucket = Self.bucket(of: operation),
                let region = await region(of: bucket, refusal, first), region != first.region,
                let other = elsewhere(region)
            else { throw error }
            regions.note(bucket, in: other)
            do throws(AWSError) {
                return try await call(other)
            } catch {
                if case .refused(let refusal) = error, refusal.kind == .wrongRegion { regions.forget(bucket) }
                throw error
            }
        }
    }

    /// The answer to a HEAD has no code: S3 says 400 for a signature of another region.
    private static func maySayElsewhere(_ refusal: AWSError.Refusal, _ operation: AWSOperation) -> Bool {
        refusal.kind == .wrongRegion || [301, 302, 307].contains(refusal.status)
            || (operation.method == "HEAD" && refusal.status == 400)
    }

    /// What the refusal tells; else what S3 tells of the bucket, whoever asks.
    private func region(
        of bucket: String, _ refusal: AWSError.Refusal, _ asked: AWSService
    ) async -> String? {
        if let told = refusal.otherRegion { return told }
        do {
            let head = try await asked.send(operation("HeadBucket", "HEAD", bucket)).head
            return head["x-amz-bucket-region"]
        } catch {
            guard case .refused(let refusal) = error else { return nil }
            return refusal.otherRegion
        }
    }

    private func elsewhere(_ region: String) -> AWSService? {
        if region == service.region { return service }
        return regions.service(in: region) ?? (try? service.elsewhere(region))
    }

    private static func bucket(of operation: AWSOperation) -> String? {
        operation.labels["Bucket"] ?? operation.hostPrefix.map { String($0.dropLast()) }
    }
}
