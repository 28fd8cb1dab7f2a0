import Flow
import Foundation
import JSONValue
import Transport

/// Calls an HTTP service. What any status answers is a result; only a request that cannot be made fails.
///
/// Where `secret_header` is set, the component has a further parameter `secret_value`, the name of a secret, and its
/// `url` is fixed: the secret goes to the origin of `url` alone, so neither a model that chooses addresses nor a run's
/// changes can have it sent elsewhere.
struct HTTPRequestComponent: Component {
    static let type = "HTTPRequest"
    static let summary = "Calls an HTTP service and gives its answer."

    enum Method: String, CaseIterable, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case patch = "PATCH"
        case delete = "DELETE"
        case head = "HEAD"
    }

    /// How the answer is written.
    enum Shape: String, CaseIterable, Sendable {
        case plain, langflow
    }

    let http: GuardedHTTP
    let address: OptionalInput<String>
    let body: OptionalInput<JSONValue>
    let url: Parameter<String>
    let method: Parameter<Method>
    let headers: Parameter<JSONValue>
    let query: Parameter<JSONValue>
    let payload: Parameter<JSONValue>
    let timeoutSeconds: Parameter<Int>
    let followsRedirects: Parameter<Bool>
    let shape: Parameter<Shape>
    let secretHeader: Parameter<String>
    let secretPrefix: Parameter<String>
    let secretValue: Parameter<SecretName>?
    let data: Output<Record>

    init(_ declare: inout Declaration, http: GuardedHTTP) {
        self.http = http
        address = declare.optionalInput("url", "An http or https URL; it goes before the parameter.")
        body = declare.optionalInput("body", "What is sent: a text as it stands, anything else as JSON.")
        url = declare.text("url", "", maxBytes: WebURL.limitBytes, "Where the request goes.")
        method = declare.choice("method", .get, "The method of the request.")
        headers = declare.json(
            "headers", [:], "Header fields: {\"name\": \"value\"}, or a list of {\"key\", \"value\"}.")
        query = declare.json("query", [:], "Parameters that are added to the URL, in the same form.")
        payload = declare.json(
            "payload", .null, "What is sent when nothing comes at “body”; null for nothing.")
        timeoutSeconds = declare.integer(
            "timeout_seconds", 30, in: 1...600, unit: "seconds", "How long the answer may take.")
        followsRedirects = declare.flag("follow_redirects", true, "Whether redirects are followed.")
        shape = declare.choice(
            "shape", .plain,
            """
            plain: status_code, headers, source, bytes, and body (JSON) or text. langflow: as Langflow's API Request \
            writes it, status_code, response_headers, source and result; an address without http:// is taken as https \
            then.
            """)
        secretHeader = declare.text(
            "secret_header", "", maxBytes: 100,
            "A header for a secret, such as Authorization; secret_value then names the secret."
        )
        secretPrefix = declare.text(
            "secret_prefix", "", maxBytes: 100, "What stands before the secret, such as “Bearer ”.")
        if let name = declare.fixed(secretHeader), !name.isEmpty {
            secretValue = declare.secret("secret_value", "The secret that secret_header is sent with.")
            _ = declare.fixed(url)
        } else {
            secretValue = nil
        }
        data = declare.output("data", "status_code, headers, source, and body (JSON) or text.")
    }

    func run(_ step: Step) async throws {
        let given = step[address].map { $0.trimmingCharacters(in: .whitespacesAndNewlines) } ?? ""
        let target = try WebURL(written(given.isEmpty ? step[url] : given, step))
            .adding(try HeaderFields.pairs(step[query], of: "query"))
        var fields = try HeaderFields(try HeaderFields.pairs(step[headers], of: "headers"))
        let body = try content(step, &fields)
        if let secretValue {
            guard try WebURL(step[url]).origin == target.origin else {
                throw NetworkError.invalid(
                    what: "address \(target.authority)",
                    reason:
                        "the component sends a secret, which goes to the host of its parameter “url” alone")
            }
            fields.set(step[secretHeader], step[secretPrefix] + (try await step.secret(secretValue)))
            // Its name is the flow's as well.
            fields = try HeaderFields(fields.fields)
        }
        let answer = try await http.send(
            step[method].rawValue, target, headers: fields, body: body,
            timeout: .seconds(step[timeoutSeconds]), followsRedirects: step[followsRedirects])
        step.note("status", Double(answer.response.head.status))
        step.note("bytes", Double(answer.response.body.count))
        let record = Self.record(answer)
        step.send(step[shape] == .plain ? record : Self.langflow(record), to: data)
    }

    private func written(_ address: String, _ step: Step) -> String {
        guard step[shape] == .langflow, !address.isEmpty else { return address }
        let hasScheme = ["http://", "https://"].contains { address.lowercased().hasPrefix($0) }
        return hasScheme ? address : "https://" + address
    }

    private static func langflow(_ record: Record) -> Record {
        var values = record.values
        values["bytes"] = nil
        values["response_headers"] = values.removeValue(forKey: "headers")
        let text = values.removeValue(forKey: Record.textKey)
        values["result"] = values.removeValue(forKey: "body") ?? text ?? .null
        return Record(values)
    }

    private func content(_ step: Step, _ fields: inout HeaderFields) throws -> Data? {
        let value = step[body] ?? step[payload]
        guard value != .null else { return nil }
        guard ![.get, .head].contains(step[method]) else {
            throw NetworkError.invalid(
                what: "request", reason: "a \(step[method].rawValue) has no body; choose another method")
        }
        if let text = value.string {
            if !fields.has("content-type") { fields.set("Content-Type", "text/plain; charset=utf-8") }
            return Data(text.utf8)
        }
        if !fields.has("content-type") { fields.set("Content-Type", "application/json") }
        return Data(try value.text().utf8)
    }

    /// `body` is there for JSON, `text` for other texts, neither for what is neither.
    private static func record(_ answer: GuardedHTTP.Answer) -> Record {
        let response = answer.response
        // A cookie is a credential, and what a component gives may end up in a trace or a prompt.
        let shown = response.head.headers.filter { !$0.name.lowercased().hasPrefix("set-cookie") }
        let headers = Dictionary(
            shown.map { ($0.name.lowercased(), JSONValue.string($0.value)) },
            uniquingKeysWith: { first, _ in first })
        var record = Record([
            "status_code": .integer(response.head.status), "headers": .object(headers),
            "source": .string(answer.url.url), "bytes": .integer(response.body.count),
        ])
        let isJSON = answer.mediaType == "application/json" || answer.mediaType.hasSuffix("+json")
        if isJSON, let json = try? JSONValue(parsing: response.body) {
            record.values["body"] = json
        } else if let text = PageText.text(of: answer) {
            record.values[Record.textKey] = .string(text)
        }
        return record
    }
}
