/// A metric with all its samples at one moment, as Prometheus knows it.
struct MetricFamily: Sendable, Hashable {
    enum Kind: String, Sendable {
        case counter, gauge, histogram
    }

    struct Label: Sendable, Hashable {
        var name: String
        var value: String
    }

    struct Sample: Sendable, Hashable {
        /// What stands behind the family's name: `_bucket`, `_sum` and `_count` of a histogram.
        var suffix = ""
        var labels: [Label] = []
        var value: Double
    }

    /// With its unit, and `_total` for a counter: `millrace_http_requests_total`.
    var name: String
    /// A sentence for people, without a full stop.
    var help: String
    var kind: Kind
    var samples: [Sample]
}

extension MetricFamily {
    /// One number.
    static func single(_ kind: Kind, _ name: String, _ value: some MetricValue, _ help: String)
        -> MetricFamily
    {
        MetricFamily(name: name, help: help, kind: kind, samples: [Sample(value: value.metricValue)])
    }

    /// A number for each of a label's values.
    static func labelled(
        _ kind: Kind, _ name: String, by label: String, _ values: [(String, some MetricValue)], _ help: String
    ) -> MetricFamily {
        MetricFamily(
            name: name, help: help, kind: kind,
            samples: values.map { value, number in
                Sample(labels: [Label(name: label, value: value)], value: number.metricValue)
            })
    }

    /// A histogram for each of a label's values.
    static func latencies(
        _ name: String, by label: String, _ readings: [(String, LatencyHistogram.Reading)], _ help: String
    ) -> MetricFamily {
        MetricFamily(
            name: name, help: help, kind: .histogram,
            samples: readings.flatMap { value, reading in
                samples(of: reading, Label(name: label, value: value))
            })
    }

    /// The count is that of the buckets, so that both agree whatever is counted meanwhile.
    private static func samples(of reading: LatencyHistogram.Reading, _ label: Label) -> [Sample] {
        var upTo: UInt64 = 0
        var samples = zip(LatencyHistogram.bounds + [.infinity], reading.counts).map { bound, count in
            upTo &+= count
            return Sample(
                suffix: "_bucket", labels: [label, Label(name: "le", value: MetricsText.number(bound))],
                value: Double(upTo))
        }
        samples.append(Sample(suffix: "_sum", labels: [label], value: reading.seconds))
        samples.append(Sample(suffix: "_count", labels: [label], value: Double(upTo)))
        return samples
    }
}

/// A number that a sample can be. Whole ones above 2⁵³ lose their last digits, as they do in Prometheus.
protocol MetricValue: Sendable {
    var metricValue: Double { get }
}

extension Double: MetricValue {
    var metricValue: Double { self }
}

extension Int: MetricValue {
    var metricValue: Double { Double(self) }
}

extension UInt64: MetricValue {
    var metricValue: Double { Double(self) }
}
