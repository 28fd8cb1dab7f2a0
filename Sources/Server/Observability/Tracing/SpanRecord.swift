/// A span that has ended, as it is kept and exported.
struct SpanRecord: Sendable, Hashable {
    enum Kind: String, Sendable, CaseIterable {
        case `internal`, server, client, producer, consumer
    }

    enum Status: String, Sendable, CaseIterable {
        case unset, ok, error
    }

    /// A fact about a span.
    enum Value: Sendable, Hashable {
        case text(String)
        case integer(Int64)
        case number(Double)
        case flag(Bool)
        case texts([String])
    }

    struct Event: Sendable, Hashable {
        var name: String
        var nanoseconds: UInt64
        var attributes: [String: Value]
    }

    var trace: TraceID
    var id: SpanID
    /// The span that it is a part of, here or at the caller's.
    var parent: SpanID?
    var state: String?
    var name: String
    var kind: Kind
    /// Nanoseconds since 1970.
    var start: UInt64
    var end: UInt64
    var status: Status
    var message: String?
    var attributes: [String: Value]
    var events: [Event]
    /// Facts that there was no room for.
    var droppedAttributes: Int

    /// Zero where the clock was set back meanwhile.
    var nanoseconds: UInt64 { end > start ? end - start : 0 }

    /// Of one span.
    static let limits = (attributes: 64, events: 16, textBytes: 1_024)
}

extension SpanRecord.Value {
    var text: String? { if case .text(let text) = self { text } else { nil } }
    var integer: Int64? { if case .integer(let value) = self { value } else { nil } }
}
