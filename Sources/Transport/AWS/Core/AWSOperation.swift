import Foundation

/// One call of a service, its parameters where the service's model puts them.
public struct AWSOperation: Sendable {
    /// What the body is made of.
    public enum Input: Sendable {
        case none
        /// JSON that is written already.
        case json(Data)
        /// The parameters of the query protocol, without `Action` and `Version`.
        case form(AWSFormValue)
        case xml(XMLTree)
        /// Bytes as they are, for example an object; its type goes into ``AWSOperation/headers``.
        case body(HTTPBody)
    }

    /// For example `GetObject`.
    public var name: String
    public var method: String
    /// As in the service's model: `/{Bucket}/{Key+}?uploads`. The part of a label in braces is filled in and
    /// percent-encoded; with `+` its slashes stay.
    public var path: String
    public var labels: [String: String]
    /// Not yet encoded; a value of `nil` is a name alone.
    public var query: [(name: String, value: String?)]
    public var headers: [(name: String, value: String)]
    public var input: Input
    /// In front of the endpoint's host, such as `bucket.`; only where the service is at its own host.
    public var hostPrefix: String?
    /// What the call is about, for errors: a bucket and key, a queue, a secret's name. Never its content.
    public var resource: String?
    /// Whether the call is signed: all but those that fetch the first keys are.
    public var isSigned = true
    /// What an error must not show, should AWS repeat it: a token among the parameters.
    public var secrets: [String] = []
    /// Whether a status of success may be sent before the work is done, so that the body tells how it went: S3's
    /// copies and joined uploads.
    public var mayFailLate = false
    /// Limit of the call, where it is another than the service's: a long poll's, say.
    public var timeout: Duration?
    /// What each attempt of the call waits for, where a quota is kept to.
    public var pace: (any AWSCallPace)?

    public init(
        _ name: String, method: String = "POST", path: String = "/", labels: [String: String] = [:],
        query: [(name: String, value: String?)] = [], headers: [(name: String, value: String)] = [],
        input: Input = .none, resource: String? = nil
    ) {
        self.name = name
        self.method = method
        self.path = path
        self.labels = labels
        self.query = query
        self.headers = headers
        self.input = input
        self.resource = resource
    }

    /// Path and query as they go on the wire.
    ///
    /// - Throws: the reason why there is none: a label without a value, say.
    func target() throws(AWSOperationFault) -> String {
        let template = path.utf8.prefix { $0 != UInt8(ascii: "?") }
        var target: [UInt8] = []
        target.reserveCapacity(128)
        try fill(template, into: &target)
        if target.first != UInt8(ascii: "/") { target.insert(UInt8(ascii: "/"), at: 0) }
        target.append(contentsOf: path.utf8[template.endIndex...])
        var hasQuery = template.endIndex != path.utf8.endIndex
        for item in query {
            target.append(hasQuery ? UInt8(ascii: "&") : UInt8(ascii: "?"))
            hasQuery = true
            target.appendPercentEncoded(item.name.utf8)
            guard let value = item.value else { continue }
            target.append(UInt8(ascii: "="))
            target.appendPercentEncoded(value.utf8)
        }
        return String(decoding: target, as: UTF8.self)
    }

    private func fill(
        _ template: Substring.UTF8View, into target: inout [UInt8]
    ) throws(AWSOperationFault) {
        var rest = template
        while let open = rest.firstIndex(of: UInt8(ascii: "{")) {
            target.append(contentsOf: rest[..<open])
            guard let close = rest[open...].firstIndex(of: UInt8(ascii: "}")) else {
                throw AWSOperationFault(reason: "the path \(path) has a brace that is not closed")
            }
            var label = Substring(rest[rest.index(after: open)..<close])
            let keepsSlashes = label.last == "+"
            if keepsSlashes { label.removeLast() }
            guard let value = labels[String(label)], !value.isEmpty else {
                throw AWSOperationFault(reason: "the label \(label) of the path \(path) is absent or empty")
            }
            target.appendPercentEncoded(value.utf8, keeping: ASCIISet(keepsSlashes ? "/" : ""))
            rest = rest[rest.index(after: close)...]
        }
        target.append(contentsOf: rest)
    }
}

/// Why an operation cannot be put on the wire.
struct AWSOperationFault: Error {
    var reason: String
}
