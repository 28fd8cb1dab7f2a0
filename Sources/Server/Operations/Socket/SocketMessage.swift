import Foundation
import JSONValue

/// What a client says over `/v1/ws`: one JSON object a text frame.
enum SocketMessage: Sendable, Hashable {
    /// The first message of a client whose handshake said nothing of who it is.
    case authenticate(token: String)
    case ping
    /// Something that is told in events until it is over.
    case begin(id: String, window: Int?, Request)
    /// Events up to this one are read.
    case acknowledge(id: String, number: Int)
    case cancel(id: String)

    /// What is begun.
    enum Request: Sendable, Hashable {
        /// The body of `POST /v1/runs`.
        case run(fields: [String: JSONValue], key: String?)
        /// The body of `POST /v1/ask`.
        case ask(fields: [String: JSONValue])
        /// The events of a stored run from a position on.
        case subscribe(run: String, from: Int)
    }

    /// Bytes of an id at most.
    static let idLimit = 64
    static let windows = 1...10_000

    /// - Throws: ``RequestFault`` that names the field.
    init(_ text: String) throws(RequestFault) {
        let data = Data(text.utf8)
        guard let value = try? JSONValue(parsing: data) else {
            throw .malformedJSON(
                place: JSONSyntax.fault(in: data) ?? "a number or text of it is out of range.")
        }
        if let (key, offset) = JSONKeys.firstDuplicate(in: data) {
            throw .duplicateKey(key, place: JSONSyntax.place(of: offset, in: data))
        }
        guard var fields = value.object else {
            throw .invalidField(name: "the message", reason: "must be an object")
        }
        let type = fields.removeValue(forKey: "type")?.string
        switch type {
        case "authenticate":
            self = .authenticate(token: try Self.text("token", &fields))
        case "ping": self = .ping
        case "ack":
            let id = try Self.id(&fields)
            guard let number = try Self.number("seq", in: 0...Int(Int32.max), &fields) else {
                throw .invalidField(name: "seq", reason: "is missing")
            }
            self = .acknowledge(id: id, number: number)
        case "cancel": self = .cancel(id: try Self.id(&fields))
        case "run", "ask", "subscribe":
            let id = try Self.id(&fields)
            let window = try Self.number("window", in: Self.windows, &fields)
            self = .begin(id: id, window: window, try Self.request(type, &fields))
        default:
            throw .invalidField(
                name: "type",
                reason: "must be one of authenticate, run, ask, subscribe, ack, cancel and ping")
        }
        // What is begun hands the rest of its fields on; whatever answers them refuses unknown ones.
        if let unknown = fields.keys.min() { throw .unknownField(name: unknown, known: []) }
    }

    private static func request(
        _ type: String?, _ fields: inout [String: JSONValue]
    ) throws(RequestFault) -> Request {
        if type == "subscribe" {
            let run = try text("run", &fields)
            return .subscribe(run: run, from: try number("from", in: 0...Int(Int32.max), &fields) ?? 0)
        }
        guard fields["stream"] == nil else {
            throw .invalidField(
                name: "stream", reason: "is not said here, where everything is told in events")
        }
        let key = fields["idempotency_key"] == nil ? nil : try text("idempotency_key", &fields)
        var body = fields
        fields = [:]
        body["stream"] = .bool(body["async"]?.bool != true)
        return type == "run" ? .run(fields: body, key: key) : .ask(fields: body)
    }

    private static func id(_ fields: inout [String: JSONValue]) throws(RequestFault) -> String {
        let id = try text("id", &fields)
        guard id.utf8.count <= idLimit else {
            throw .invalidField(name: "id", reason: "has \(id.utf8.count) bytes; the limit is \(idLimit)")
        }
        return id
    }

    private static func text(
        _ name: String, _ fields: inout [String: JSONValue]
    ) throws(RequestFault) -> String {
        guard let value = fields.removeValue(forKey: name) else {
            throw .invalidField(name: name, reason: "is missing")
        }
        guard let text = value.string, !text.isEmpty else {
            throw .invalidField(name: name, reason: "must be a text that is not empty")
        }
        return text
    }

    private static func number(
        _ name: String, in range: ClosedRange<Int>, _ fields: inout [String: JSONValue]
    ) throws(RequestFault) -> Int? {
        guard let value = fields.removeValue(forKey: name) else { return nil }
        guard let number = value.integer, range.contains(number) else {
            throw .invalidField(
                name: name,
                reason: "must be a whole number from \(range.lowerBound) to \(range.upperBound)")
        }
        return number
    }
}
