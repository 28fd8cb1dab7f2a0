import Foundation
import JSONValue

/// A metric's values of one moment.
public struct CloudWatchMetric: Sendable, Hashable {
    /// What was measured.
    public enum Content: Sendable, Hashable {
        /// Values, each so many times: at most 150 different ones. CloudWatch makes percentiles of them.
        case values([Double: Int])
        /// What many values come to. CloudWatch makes no percentiles of these.
        case statistics(CloudWatchStatistics)
    }

    /// 1 to 255 letters.
    public var name: String
    /// What it is told apart by, at most 30: few values, as each combination is a metric that is paid for.
    public var dimensions: [String: String]
    public var unit: EmbeddedMetrics.Unit
    /// Within the last two weeks or the next two hours; kept to the second.
    public var time: Date
    public var content: Content
    /// Whether CloudWatch keeps it by the second, and not by the minute.
    public var isHighResolution = false

    public init(
        _ name: String, _ content: Content, unit: EmbeddedMetrics.Unit = .none,
        dimensions: [String: String] = [:], time: Date
    ) {
        self.name = name
        self.content = content
        self.unit = unit
        self.dimensions = dimensions
        self.time = time
    }

    /// Different values of one metric.
    static let mostValues = 150
    static let mostDimensions = 30
    /// CloudWatch takes numbers to 2³⁶⁰, and none that is not finite.
    private static let largest = 0x1p360

    /// Why CloudWatch would refuse it; `nil` when nothing is known.
    var fault: String? {
        guard (1...255).contains(name.count) else { return "a metric's name has 1 to 255 letters" }
        guard dimensions.count <= Self.mostDimensions else {
            return "\(name) has \(dimensions.count) dimensions, and CloudWatch takes \(Self.mostDimensions)"
        }
        for (key, value) in dimensions {
            guard (1...255).contains(key.count), (1...1024).contains(value.count), key.allSatisfy(\.isASCII),
                value.allSatisfy(\.isASCII), !key.hasPrefix(":")
            else { return "a dimension of \(name) is empty, too long or not ASCII" }
        }
        let numbers: [Double]
        switch content {
        case .values(let values):
            guard (1...Self.mostValues).contains(values.count), values.values.allSatisfy({ $0 > 0 }) else {
                return
                    "\(name) has \(values.count) different values, not 1 to \(Self.mostValues), or a count of 0"
            }
            numbers = Array(values.keys)
        case .statistics(let statistics):
            guard statistics.count > 0 else { return "\(name) has statistics of no values" }
            numbers = [statistics.sum, statistics.minimum, statistics.maximum]
        }
        guard numbers.allSatisfy({ $0.isFinite && abs($0) <= Self.largest }) else {
            return "\(name) has a value that is no number, or too large"
        }
        return nil
    }

    var json: JSONValue {
        var json: [String: JSONValue] = [
            "MetricName": .string(name), "Unit": .string(unit.rawValue),
            "Timestamp": .integer(Int(time.timeIntervalSince1970.rounded(.down))),
        ]
        if !dimensions.isEmpty {
            json["Dimensions"] = .array(
                dimensions.sorted { $0.key < $1.key }.map {
                    ["Name": .string($0.key), "Value": .string($0.value)]
                })
        }
        if isHighResolution { json["StorageResolution"] = 1 }
        switch content {
        case .values(let values):
            let ordered = values.sorted { $0.key < $1.key }
            json["Values"] = .array(ordered.map { .number($0.key) })
            json["Counts"] = .array(ordered.map { .integer($0.value) })
        case .statistics(let statistics):
            json["StatisticValues"] = [
                "SampleCount": .integer(statistics.count), "Sum": .number(statistics.sum),
                "Minimum": .number(statistics.minimum), "Maximum": .number(statistics.maximum),
            ]
        }
        return .object(json)
    }
}

/// What many values come to.
public struct CloudWatchStatistics: Sendable, Hashable {
    public var count: Int
    public var sum: Double
    public var minimum: Double
    public var maximum: Double

    public init(count: Int, sum: Double, minimum: Double, maximum: Double) {
        self.count = count
        self.sum = sum
        self.minimum = minimum
        self.maximum = maximum
    }

    mutating func add(_ value: Double, count: Int = 1) {
        self.count += count
        sum += value * Double(count)
        minimum = min(minimum, value)
        maximum = max(maximum, value)
    }

    /// Of values that are each there so many times; `nil` of none.
    init?(_ values: [Double: Int]) {
        guard let first = values.first?.key else { return nil }
        self.init(count: 0, sum: 0, minimum: first, maximum: first)
        for (value, count) in values { add(value, count: count) }
    }
}
