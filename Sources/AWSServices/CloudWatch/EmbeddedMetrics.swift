import Foundation
import JSONValue

/// A line of CloudWatch's Embedded Metric Format: written to standard output it becomes metrics, without a call.
///
/// Source: "Specification: Embedded metric format", CloudWatch user guide.
public struct EmbeddedMetrics: Sendable, Hashable {
    /// CloudWatch's words.
    public enum Unit: String, Sendable {
        case none = "None"
        case count = "Count"
        case bytes = "Bytes"
        case seconds = "Seconds"
        case milliseconds = "Milliseconds"
        case microseconds = "Microseconds"
        case percent = "Percent"
        case countPerSecond = "Count/Second"
        case bytesPerSecond = "Bytes/Second"
    }

    /// Why there is no such line.
    public struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        public var reason: String

        public var description: String { "The metrics were not written: \(reason)." }
    }

    private struct Metric: Sendable, Hashable {
        var unit: Unit
        var values: [Double]
        var isHighResolution: Bool
    }

    public let namespace: String
    private var dimensions: [String: String] = [:]
    private var metrics: [String: Metric] = [:]
    private var properties: [String: JSONValue] = [:]

    /// Most dimensions, metrics and values of one metric on a line.
    static let mostDimensions = 30
    static let mostMetrics = 100
    static let mostValues = 100

    public init(namespace: String) {
        self.namespace = namespace
    }

    /// What the metrics are told apart by: few values, as each combination is a metric that is paid for.
    public mutating func dimension(_ name: String, _ value: String) {
        dimensions[name] = value
    }

    /// Adds a value to a metric.
    public mutating func add(
        _ name: String, _ value: Double, _ unit: Unit = .none, isHighResolution: Bool = false
    ) {
        metrics[name, default: Metric(unit: unit, values: [], isHighResolution: isHighResolution)]
            .values.append(value)
    }

    /// What is kept in the log beside the metrics and is no metric: an id, say. Never a secret or a question.
    public mutating func property(_ name: String, _ value: JSONValue) {
        properties[name] = value
    }

    /// The line, without an end.
    public func line(at time: Date) throws(Fault) -> String {
        guard (1...255).contains(namespace.count) else {
            throw Fault(reason: "a namespace has 1 to 255 letters")
        }
        guard dimensions.count <= Self.mostDimensions, metrics.count <= Self.mostMetrics else {
            throw Fault(
                reason: """
                    a line has \(Self.mostDimensions) dimensions and \(Self.mostMetrics) metrics at most, not \
                    \(dimensions.count) and \(metrics.count)
                    """)
        }
        for (name, value) in dimensions
        where value.isEmpty || value.count > 1024 || !value.allSatisfy(\.isASCII) {
            throw Fault(reason: "the dimension \(name) is empty, longer than 1,024 letters or not ASCII")
        }
        var root = properties
        for (name, value) in dimensions { root[name] = .string(value) }
        for (name, metric) in metrics {
            guard root[name] == nil else { throw Fault(reason: "the name \(name) stands for two things") }
            guard metric.values.allSatisfy(\.isFinite), metric.values.count <= Self.mostValues else {
                throw Fault(reason: "\(name) has a value that is no number, or more than \(Self.mostValues)")
            }
            root[name] =
                metric.values.count == 1
                ? .number(metric.values[0]) : .array(metric.values.map { .number($0) })
        }
        guard root["_aws"] == nil else { throw Fault(reason: "the name _aws is CloudWatch's") }
        let described = metrics.sorted { $0.key < $1.key }.map { name, metric -> JSONValue in
            var entry: [String: JSONValue] = ["Name": .string(name), "Unit": .string(metric.unit.rawValue)]
            if metric.isHighResolution { entry["StorageResolution"] = 1 }
            return .object(entry)
        }
        root["_aws"] = [
            "Timestamp": .integer(Int(time.timeIntervalSince1970 * 1000)),
            "CloudWatchMetrics": [
                [
                    "Namespace": .string(namespace),
                    "Dimensions": [.array(dimensions.keys.sorted().map { .string($0) })],
                    "Metrics": .array(described),
                ]
            ],
        ]
        do {
            return try JSONValue.object(root).text()
        } catch {
            throw Fault(reason: "a property cannot be written as JSON")
        }
    }
}
