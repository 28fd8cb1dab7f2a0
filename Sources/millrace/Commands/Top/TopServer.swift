import Foundation
import JSONValue
import Transport

/// A running server, as somebody who watches it sees it.
struct TopServer: Sendable {
    let address: String
    let key: String?
    let client: any HTTPClient

    /// Everything that it tells at one moment.
    ///
    /// - Throws: ``CommandError`` when there are no metrics; what else is missing is missing.
    func look() async throws -> TopReading {
        async let index = document("/v1/index")
        async let traces = document("/v1/traces?limit=200")
        let metrics = try await get("/metrics", accept: "text/plain")
        switch metrics.head.status {
        case 200: break
        case 403:
            throw CommandError(
                """
                \(address) does not tell its metrics from here. Run it on the server's own machine, or set \
                metrics.remote there.
                """)
        default:
            throw CommandError("\(address)/metrics answers with \(metrics.head.status); is it a Millrace?")
        }
        return TopReading(
            at: .now, samples: PrometheusSample.all(in: String(decoding: metrics.body, as: UTF8.self)),
            index: await index, traces: await traces)
    }

    /// A document for administrators; `nil` when it is not given.
    private func document(_ path: String) async -> JSONValue? {
        guard let response = try? await get(path, accept: "application/json"), response.head.status == 200
        else { return nil }
        return try? JSONValue(parsing: response.body)
    }

    private func get(_ path: String, accept: String) async throws -> HTTPResponse {
        var headers = [("Accept", accept)]
        if let key { headers.append(("Authorization", "Bearer \(key)")) }
        do {
            return try await client.send(
                HTTPRequest(url: address + path, headers: headers, timeout: .seconds(5)))
        } catch TransportError.cancelled {
            throw CancellationError()
        } catch {
            throw CommandError("\(address) does not answer: \(error)")
        }
    }
}

/// What a server told at one moment.
struct TopReading: Sendable {
    var at: ContinuousClock.Instant
    var samples: [PrometheusSample]
    var index: JSONValue?
    var traces: JSONValue?

    /// The value of a sample, or the sum of several.
    func sum(_ name: String, where label: String? = nil, is value: String? = nil) -> Double? {
        let found = samples.filter { sample in
            sample.name == name && (label.map { sample.labels[$0] == value } ?? true)
        }
        return found.isEmpty ? nil : found.reduce(0) { $0 + $1.value }
    }
}

/// A line of Prometheus' text format.
struct PrometheusSample: Sendable, Hashable {
    var name: String
    var labels: [String: String]
    var value: Double

    /// The samples of a text; what is none is passed over.
    static func all(in text: String) -> [PrometheusSample] {
        text.split(whereSeparator: \.isNewline).compactMap { PrometheusSample(line: $0) }
    }

    init?(line: Substring) {
        guard !line.hasPrefix("#"), let end = line.firstIndex(where: { $0 == "{" || $0 == " " }) else {
            return nil
        }
        name = String(line[..<end])
        labels = [:]
        var rest = line[end...]
        if rest.first == "{" {
            rest = rest.dropFirst()
            while rest.first != "}" {
                guard let label = Self.label(&rest) else { return nil }
                labels[label.name] = label.value
                if rest.first == "," { rest = rest.dropFirst() }
            }
            rest = rest.dropFirst()
        }
        guard let word = rest.split(separator: " ").first, let value = Self.number(word) else { return nil }
        self.value = value
    }

    /// `name="value"`, with `\\`, `\"` and `\n` in the value.
    private static func label(_ rest: inout Substring) -> (name: String, value: String)? {
        guard let mark = rest.firstIndex(of: "=") else { return nil }
        let name = String(rest[..<mark])
        rest = rest[rest.index(after: mark)...]
        guard rest.first == "\"" else { return nil }
        rest = rest.dropFirst()
        var value = ""
        while let next = rest.popFirst() {
            switch next {
            case "\"": return (name, value)
            case "\\":
                guard let escaped = rest.popFirst() else { return nil }
                value.append(escaped == "n" ? "\n" : escaped)
            default: value.append(next)
            }
        }
        return nil
    }

    private static func number(_ word: Substring) -> Double? {
        switch word {
        case "+Inf": .infinity
        case "-Inf": -.infinity
        case "NaN": .nan
        default: Double(word)
        }
    }
}
