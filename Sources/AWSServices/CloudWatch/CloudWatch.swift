import Foundation
import JSONValue
import Transport

/// Amazon CloudWatch, as far as metrics are given to it.
public struct CloudWatch: Sendable {
    public static let description = AWSServiceDescription(
        endpointPrefix: "monitoring", serviceID: "CloudWatch",
        apiProtocol: .json(.v1_0, targetPrefix: "GraniteServiceVersion20100801", isQueryCompatible: true))
    /// Metrics of a request.
    static let mostMetrics = 1000
    /// Bytes of a request: AWS says 1 MB.
    static let mostBytes = 1_000_000

    let service: AWSService

    /// - Parameter endpoint: another than AWS's own.
    public init(_ account: AWSAccount, endpoint: URL? = nil) throws(AWSError) {
        service = try account.service(Self.description, endpoint: endpoint)
    }

    /// Gives metrics to CloudWatch, in as few requests as their count and sizes allow, in order.
    ///
    /// - Parameter namespace: 1 to 255 letters, not beginning with `:`; those that begin with `AWS/` are AWS's own.
    /// - Throws: ``AWSError``; nothing is sent where one of the metrics cannot be. What is in the requests before the
    ///   one that failed is given, and would count twice if it were given again.
    public func put(_ namespace: String, _ metrics: [CloudWatchMetric]) async throws(AWSError) {
        for batch in try batches(namespace, metrics) { try await put(namespace, batch) }
    }

    /// Metrics of one request, as JSON.
    struct Batch: Sendable {
        /// Their places among those given.
        var range: Range<Int>
        var metrics: [JSONValue]
    }

    func put(_ namespace: String, _ batch: Batch) async throws(AWSError) {
        _ = try await service.json(
            "PutMetricData", ["Namespace": .string(namespace), "MetricData": .array(batch.metrics)],
            resource: namespace)
    }

    func batches(_ namespace: String, _ metrics: [CloudWatchMetric]) throws(AWSError) -> [Batch] {
        guard (1...255).contains(namespace.count), !namespace.hasPrefix(":") else {
            throw service.invalid(
                "PutMetricData", "a namespace has 1 to 255 letters and does not begin with a colon")
        }
        // What is around the metrics: braces, names, the namespace with every letter escaped.
        let around = 64 + namespace.utf8.count * 6
        var batches: [Batch] = []
        var batch = Batch(range: 0..<0, metrics: [])
        var bytes = around
        for (offset, metric) in metrics.enumerated() {
            if let fault = metric.fault { throw service.invalid("PutMetricData", fault) }
            let json = metric.json
            let size = try size(json) + 1
            if batch.metrics.count == Self.mostMetrics || bytes + size > Self.mostBytes {
                batches.append(batch)
                batch = Batch(range: offset..<offset, metrics: [])
                bytes = around
            }
            batch.metrics.append(json)
            batch.range = batch.range.lowerBound..<(offset + 1)
            bytes += size
        }
        return batch.metrics.isEmpty ? batches : batches + [batch]
    }

    private func size(_ json: JSONValue) throws(AWSError) -> Int {
        do {
            return try json.text().utf8.count
        } catch {
            throw service.invalid("PutMetricData", "a number cannot be written as JSON")
        }
    }
}
