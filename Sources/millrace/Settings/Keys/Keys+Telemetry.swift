import Foundation

extension Keys {
    /// Traces, and where they are sent.
    struct Telemetry: Sendable {
        let otlp = OTLP()
        let slowSeconds = Setting<Double>(
            "telemetry.slow_seconds", 1, in: 0.001...3_600,
            "from which time on a request's trace counts as slow, and is kept longer")

        struct OTLP: Sendable {
            let endpoint = Setting<URL?>(
                address: "telemetry.otlp.endpoint",
                "a collector of OpenTelemetry, such as http://localhost:4318; empty for OTEL_EXPORTER_OTLP_ENDPOINT"
            )
            let headers = Setting<String?>(
                "telemetry.otlp.headers",
                "headers that it is sent, as NAME=VALUE, …; empty for OTEL_EXPORTER_OTLP_HEADERS",
                isSecret: true)
            let sampleRatio = Setting<Double>(
                "telemetry.otlp.sample_ratio", 1, in: 0...1,
                "the share of traces that are sent, where the caller's own trace does not say")
            let service = Setting<String?>(
                "telemetry.otlp.service", "service.name; empty for OTEL_SERVICE_NAME, or millrace")
            let queue = Setting<Int>(
                "telemetry.otlp.queue", 8_192, in: 1...1_000_000,
                "spans that may wait for the collector; more are dropped and counted")
        }
    }

    /// Sets of questions that the page offers.
    struct Evaluations: Sendable {
        let files = Setting<[String]>(
            "evaluations.files", "files of questions, as `millrace eval` reads them, that the page offers")
    }
}
