/// What a caller says of the trace that it asks in.
struct TraceParent: Sendable, Hashable {
    var trace: TraceID
    /// The caller's span; `nil` where only the trace is named.
    var span: SpanID?
    /// Whether the caller records the trace; `nil` when it leaves that to us.
    var isSampled: Bool?
    /// `tracestate` as it came: other vendors' notes, which are sent on.
    var state: String?
}

extension TraceParent {
    /// Reads `traceparent` and `tracestate`. A header that is not as the standard has it counts as none.
    ///
    /// Source: W3C Trace Context, section 3.2 and 3.3.
    init?(traceparent: String, tracestate: String?) {
        let parts = traceparent.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count >= 4, let version = Self.byte(parts[0]), version != 0xFF,
            // Later versions may say more behind the flags; this one may not.
            version > 0 || parts.count == 4,
            let trace = TraceID(written: parts[1]), let span = SpanID(written: parts[2]),
            let flags = Self.byte(parts[3])
        else { return nil }
        self.init(
            trace: trace, span: span, isSampled: flags & 1 == 1,
            state: tracestate.flatMap { Self.isState($0) ? $0 : nil })
    }

    /// Reads `X-Amzn-Trace-Id`: `Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1`.
    ///
    /// Source: AWS X-Ray developer guide, "Tracing header".
    init?(xRay header: String) {
        guard header.utf8.count <= 512 else { return nil }
        var fields: [Substring: Substring] = [:]
        for field in header.split(separator: ";") {
            let parts = field.drop { $0 == " " }.split(separator: "=", maxSplits: 1)
            if parts.count == 2 { fields[parts[0]] = parts[1] }
        }
        let root = fields["Root"]?.split(separator: "-", omittingEmptySubsequences: false) ?? []
        guard root.count == 3, root[0] == "1", root[1].utf8.count == 8,
            let trace = TraceID(written: Substring(root[1] + root[2]))
        else { return nil }
        let sampled: [Substring: Bool] = ["1": true, "0": false]
        self.init(
            trace: trace, span: fields["Parent"].flatMap { SpanID(written: $0) },
            isSampled: fields["Sampled"].flatMap { sampled[$0] }, state: nil)
    }

    private static func byte(_ text: Substring) -> UInt8? {
        guard text.utf8.count == 2, text.allSatisfy({ $0.isHexDigit && !$0.isUppercase }) else { return nil }
        return UInt8(text, radix: 16)
    }

    /// Whether it may be sent on: printable, and no longer than the standard asks everybody to take.
    private static func isState(_ text: String) -> Bool {
        (1...512).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    }
}

/// A span as others are told of it.
struct SpanPlace: Sendable, Hashable {
    var trace: TraceID
    var span: SpanID
    var isSampled: Bool
    var state: String?

    /// W3C Trace Context, version 0. The second flag says that the trace's id is random.
    var traceparent: String { "00-\(trace)-\(span)-\(isSampled ? "03" : "02")" }

    /// For AWS X-Ray.
    var xRay: String {
        let id = trace.description
        return "Root=1-\(id.prefix(8))-\(id.dropFirst(8));Parent=\(span);Sampled=\(isSampled ? 1 : 0)"
    }
}
