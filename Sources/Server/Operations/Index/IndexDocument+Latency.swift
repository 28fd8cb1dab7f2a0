extension IndexDocument {
    /// Times of one thing since the server began.
    struct Latency: Encodable, Sendable {
        enum Kind: String, Sendable, CaseIterable {
            /// A request.
            case operation
            /// A part of one: a step of a flow, or of a search.
            case stage
        }

        struct Bucket: Encodable, Sendable {
            @Nullable var leMs: Double?
            var count: Int
        }

        var name: String
        var kind: String
        var count: Int
        var seconds: Double
        @Nullable var p50Ms: Double?
        @Nullable var p90Ms: Double?
        @Nullable var p99Ms: Double?
        var buckets: [Bucket]

        private enum CodingKeys: String, CodingKey {
            case name, kind, count, seconds, buckets
            // As written: where a word ends is not told by a number's end.
            case p50Ms = "p50_ms"
            case p90Ms = "p90_ms"
            case p99Ms = "p99_ms"
        }

        static var schema: JSONSchema {
            .object(required: [
                "name": .text, "kind": .choice(Kind.allCases.map(\.rawValue)), "count": .integer,
                "seconds": JSONSchema.number.described("their sum"), "p50_ms": JSONSchema.number.orNull,
                "p90_ms": JSONSchema.number.orNull, "p99_ms": JSONSchema.number.orNull,
                "buckets": JSONSchema.list(
                    of: .object(required: [
                        "le_ms": JSONSchema.number.orNull.described("null for beyond all others"),
                        "count": .integer,
                    ])
                ).described("each with what it holds alone"),
            ])
        }

        init(_ name: String, _ kind: Kind, _ reading: LatencyHistogram.Reading) {
            self.name = name
            self.kind = kind.rawValue
            count = Int(clamping: reading.count)
            seconds = reading.seconds
            func quantile(_ share: Double) -> Nullable<Double> {
                Nullable(wrappedValue: reading.quantile(share).map { ($0 * 1_000_000).rounded() / 1_000 })
            }
            (_p50Ms, _p90Ms, _p99Ms) = (quantile(0.5), quantile(0.9), quantile(0.99))
            let bounds = LatencyHistogram.bounds.map { Optional($0 * 1_000) } + [nil]
            buckets = zip(bounds, reading.counts).map { bound, count in
                Bucket(leMs: Nullable(wrappedValue: bound), count: Int(clamping: count))
            }
        }
    }
}
