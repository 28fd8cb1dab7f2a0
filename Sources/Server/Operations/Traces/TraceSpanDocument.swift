/// A span of a trace.
struct TraceSpanDocument: ResponseDocument {
    /// A fact, as JSON has it.
    struct Value: Encodable, Sendable {
        var value: SpanRecord.Value

        func encode(to encoder: any Encoder) throws {
            var container = encoder.singleValueContainer()
            switch value {
            case .text(let text): try container.encode(text)
            case .integer(let number): try container.encode(number)
            // JSON has no other numbers.
            case .number(let number): try container.encode(number.isFinite ? number : 0)
            case .flag(let flag): try container.encode(flag)
            case .texts(let texts): try container.encode(texts)
            }
        }
    }

    var id: String
    @Nullable var parent: String?
    var depth: Int
    var name: String
    var kind: String
    var startMs: Double
    var durationMs: Double
    var selfMs: Double
    var status: String
    @Nullable var message: String?
    var attributes: [String: Value]

    static var schema: JSONSchema {
        .object(required: [
            "id": JSONSchema.text.described("16 hexadecimal digits"), "parent": JSONSchema.text.orNull,
            "depth": JSONSchema.integer.described("0 for the request itself"), "name": .text,
            "kind": .choice(SpanRecord.Kind.allCases.map(\.rawValue)),
            "start_ms": JSONSchema.number.described("since the trace began"), "duration_ms": .number,
            "self_ms": JSONSchema.number.described("without its parts"),
            "status": .choice(SpanRecord.Status.allCases.map(\.rawValue)), "message": JSONSchema.text.orNull,
            "attributes": .map(
                to: .anyOf([.text, .number, .flag, .list(of: .text)])),
        ]).named("TraceSpan")
    }

    init(_ span: SpanRecord, depth: Int, own: UInt64, _ reading: TraceReading) {
        id = span.id.description
        _parent = Nullable(wrappedValue: span.parent?.description)
        self.depth = depth
        name = span.name
        kind = span.kind.rawValue
        let origin = reading.root.start
        startMs =
            span.start >= origin ? (span.start - origin).milliseconds : -(origin - span.start).milliseconds
        durationMs = span.nanoseconds.milliseconds
        selfMs = own.milliseconds
        status = span.status.rawValue
        _message = Nullable(wrappedValue: span.message)
        attributes = span.attributes.mapValues { Value(value: $0) }
    }
}

/// Where the time of a slow trace went.
struct TraceProfileDocument: ResponseDocument {
    struct Stage: Encodable, Sendable {
        var name: String
        var calls: Int
        var wallMs: Double
        var selfMs: Double
        var share: Double
    }

    var wallMs: Double
    @Nullable var cpuMs: Double?
    @Nullable var cpuShare: Double?
    @Nullable var residentAfterBytes: Int?
    var concurrent: Int
    var stages: [Stage]

    static var schema: JSONSchema {
        .object(required: [
            "wall_ms": .number,
            "cpu_ms": JSONSchema.number.orNull.described("of the whole process meanwhile"),
            "cpu_share": JSONSchema.number.orNull.described(
                "of the wall; what waits has a small one, more than 1 are several cores"),
            "resident_after_bytes": JSONSchema.integer.orNull.described("of the process, when it ended"),
            "concurrent": JSONSchema.integer.described(
                "requests under way when it began, this one included"),
            "stages": .list(
                of: .object(required: [
                    "name": .text, "calls": .integer, "wall_ms": .number, "self_ms": .number,
                    "share": .number,
                ])),
        ]).named("TraceProfile")
    }

    init(
        _ reading: TraceReading, _ tree: [(span: SpanRecord, depth: Int, selfNanoseconds: UInt64)]
    ) {
        let wall = max(reading.root.nanoseconds, 1)
        wallMs = wall.milliseconds
        let used = reading.state.processorEnd.flatMap { end in
            end >= reading.recording.processorStart ? end - reading.recording.processorStart : nil
        }
        _cpuMs = Nullable(wrappedValue: used?.milliseconds)
        _cpuShare = Nullable(
            wrappedValue: used.map { (1_000 * Double($0) / Double(wall)).rounded() / 1_000 })
        _residentAfterBytes = Nullable(wrappedValue: reading.state.residentBytes)
        concurrent = reading.recording.concurrent
        var sums: [String: (calls: Int, wall: UInt64, own: UInt64)] = [:]
        for part in tree where part.depth > 0 {
            let known = sums[part.span.name] ?? (0, 0, 0)
            sums[part.span.name] = (
                known.calls + 1, known.wall &+ part.span.nanoseconds, known.own &+ part.selfNanoseconds
            )
        }
        stages = sums.map { name, sum in
            Stage(
                name: name, calls: sum.calls, wallMs: sum.wall.milliseconds, selfMs: sum.own.milliseconds,
                share: (1_000 * Double(sum.wall) / Double(wall)).rounded() / 1_000)
        }.sorted { ($1.wallMs, $0.name) < ($0.wallMs, $1.name) }
    }
}
