import Foundation
import JSONValue
import Transport

/// What the body of a refusal says, in whichever of the forms that servers have for it.
///
/// OpenAI, vLLM and llama.cpp: `{"error": {"message", "type", "code"}}`, Gemini in a list; Ollama and TEI:
/// `{"error": "…"}`, the latter with `error_type`; FastAPI: `{"detail": …}`; others `{"message": …}`. What
/// stands in front of a server answers with HTML or plain text.
struct OpenAIRefusal: Sendable, Equatable {
    /// The error's code, else its type; a number only where there is nothing else.
    var code = ""
    var message = ""
    /// Code and type in lower case.
    var names: Set<String> = []
    /// A code that is an HTTP status, which streams and some proxies put behind a status of 200.
    var status: Int?
    /// Whether the body has the form of a refusal.
    var isRefusal = false
    var tokens: Int?
    var limit: Int?

    /// Largest body that is looked into.
    static let limitBytes = 64 << 10

    /// Behind these stands the request, in errors of Pydantic and vLLM.
    private static let echoes =
        ["{", "[", "'", "\""].flatMap { ["'input': \($0)", "\"input\": \($0)"] } + ["input_value="]

    /// - Parameter secrets: what must not be shown, should the server repeat it.
    init(body: Data, hiding secrets: [String] = []) {
        guard body.count <= Self.limitBytes else { return }
        if let value = try? JSONValue(parsing: body) {
            read(value)
        } else {
            readText(String(decoding: body, as: UTF8.self))
        }
        // What some validators say ends with what they were sent.
        for echo in Self.echoes {
            if let found = message.firstRange(of: echo) { message = "\(message[..<found.lowerBound])…" }
        }
        if tokens == nil, limit == nil { (tokens, limit) = Self.lengths(message.lowercased()) }
        message = Self.shown(message, hiding: secrets)
        code = Self.shown(code, hiding: secrets)
    }

    /// One line of at most 300 characters without the secrets.
    static func shown(_ text: String, hiding secrets: [String]) -> String {
        var text = text
        // A secret that begins with another goes first, so that nothing of it is left.
        for secret in secrets.sorted(by: { $0.utf8.count > $1.utf8.count }) where !secret.isEmpty {
            text = text.replacing(secret, with: "…")
        }
        return String(text.prefix(300).map { $0.isNewline ? " " : $0 })
    }

    private mutating func read(_ value: JSONValue) {
        guard let object = (value.array?.first ?? value).object else { return }
        if let error = object["error"], error != .null, error != .bool(false) {
            isRefusal = true
            if error.object == nil {
                message = Self.words(error)
                name([object["error_type"], object["type"], object["code"]])
            } else {
                message = Self.words(error["message"] ?? error["detail"] ?? error["error"])
                name([error["code"], error["innererror"]?["code"], error["type"], error["status"]])
                tokens = error["n_prompt_tokens"]?.integer
                limit = error["n_ctx"]?.integer
            }
            return
        }
        let told = object["message"] ?? object["detail"] ?? object["errors"]
        message = Self.words(told)
        isRefusal = object["object"]?.string == "error" || object["detail"] != nil || object["errors"] != nil
        name([object["code"], object["type"], object["error_type"]])
    }

    /// FastAPI tells of each wrong field with a message of its own.
    private static func words(_ value: JSONValue?) -> String {
        switch value {
        case .string(let text): text
        case .array(let values): values.map(words).filter { !$0.isEmpty }.joined(separator: "; ")
        case .object(let object): words(object["msg"] ?? object["message"])
        default: ""
        }
    }

    private mutating func name(_ values: [JSONValue?]) {
        for value in values {
            guard let name = value?.string ?? value?.integer.map(String.init), !name.isEmpty else { continue }
            if let number = Int(name) {
                if (400..<600).contains(number) { status = status ?? number }
                if code.isEmpty { code = name }
            } else {
                if code.isEmpty || Int(code) != nil { code = name }
                names.insert(name.lowercased())
            }
        }
    }

    private mutating func readText(_ text: String) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        guard text.hasPrefix("<") else {
            message = text
            return
        }
        // The titles of error pages are their message: “502 Bad Gateway”.
        guard let begin = text.range(of: "<title>", options: .caseInsensitive),
            let end = text.range(
                of: "</title>", options: .caseInsensitive, range: begin.upperBound..<text.endIndex)
        else { return }
        message = text[begin.upperBound..<end.lowerBound].trimmingCharacters(in: .whitespacesAndNewlines)
    }

    /// What servers word in many ways: “maximum context length is 8192 tokens … resulted in 8545 tokens”.
    private static func lengths(_ message: String) -> (tokens: Int?, limit: Int?) {
        let limit = number(
            in: message,
            after: [
                "context length is", "context length is only", "context length of", "context size (",
                "context window of", "less than", "tokens >", "limit of", "batch size:",
            ])
        let tokens = number(
            in: message,
            after: [
                "passed", "requested", "requested about", "resulted in", "given:", "request (",
                "request has", "input (", "too long:",
            ])
        // Some count the answer that was asked for apart: that is not what is too long.
        if let limit, let tokens, tokens <= limit { return (nil, limit) }
        return (tokens, limit)
    }

    /// The number right behind one of the phrases, the first in their order.
    private static func number(in message: String, after phrases: [String]) -> Int? {
        for phrase in phrases {
            guard let found = message.firstRange(of: phrase) else { continue }
            let digits = message[found.upperBound...].drop { $0 == " " }.prefix { ("0"..."9").contains($0) }
            if let number = Int(digits) { return number }
        }
        return nil
    }
}
