import Foundation

/// What OpenTelemetry's own variables of the environment say.
///
/// Source: OpenTelemetry specification, "OTLP Exporter Configuration" and "General SDK Configuration".
struct OTLPEnvironment: Sendable {
    private let environment: [String: String]

    init(_ environment: [String: String]) {
        self.environment = environment
    }

    private func value(_ name: String) -> String? {
        environment[name].flatMap { $0.isEmpty ? nil : $0 }
    }

    var isDisabled: Bool { value("OTEL_SDK_DISABLED")?.lowercased() == "true" }

    /// Where traces go: the address for traces as it stands, or the one for everything with their path.
    var endpoint: String? {
        if let own = value("OTEL_EXPORTER_OTLP_TRACES_ENDPOINT") { return own }
        return value("OTEL_EXPORTER_OTLP_ENDPOINT").map { Self.traces($0) }
    }

    var headers: String? {
        value("OTEL_EXPORTER_OTLP_TRACES_HEADERS") ?? value("OTEL_EXPORTER_OTLP_HEADERS")
    }

    var service: String? { value("OTEL_SERVICE_NAME") }

    /// Facts about this process.
    var resource: [String: String] {
        Dictionary(
            Self.pairs(value("OTEL_RESOURCE_ATTRIBUTES") ?? "").map { ($0.name, $0.value) },
            uniquingKeysWith: { $1 })
    }

    /// The address of traces at a collector.
    static func traces(_ endpoint: String) -> String {
        let path = "/v1/traces"
        guard !endpoint.hasSuffix(path) else { return endpoint }
        return (endpoint.hasSuffix("/") ? String(endpoint.dropLast()) : endpoint) + path
    }

    /// `NAME=VALUE` with commas between them, values percent-encoded (W3C Baggage).
    static func pairs(_ text: String) -> [(name: String, value: String)] {
        text.split(separator: ",").compactMap { part in
            guard let mark = part.firstIndex(of: "=") else { return nil }
            let name = part[..<mark].trimmingCharacters(in: .whitespaces)
            let value = part[part.index(after: mark)...].trimmingCharacters(in: .whitespaces)
            return name.isEmpty ? nil : (name, value.removingPercentEncoding ?? value)
        }
    }
}
