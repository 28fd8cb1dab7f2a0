import Foundation
import Testing

@testable import millrace

@Suite struct `What top shows` {
    private static let start = ContinuousClock.now

    private func reading(_ text: String, second: Int = 0) -> TopReading {
        TopReading(
            at: Self.start + .seconds(second), samples: PrometheusSample.all(in: text), index: nil,
            traces: nil)
    }

    private func metrics(_ asked: Int, _ failed: Int, below: Int) -> String {
        """
        # HELP millrace_http_requests_total Requests
        # TYPE millrace_http_requests_total counter
        millrace_http_requests_total{operation="ask",status="2xx"} \(asked - failed)
        millrace_http_requests_total{operation="ask",status="5xx"} \(failed)
        millrace_http_requests_total{operation="search",status="2xx"} 0
        millrace_http_request_duration_seconds_bucket{operation="ask",le="0.1"} \(below)
        millrace_http_request_duration_seconds_bucket{operation="ask",le="0.2"} \(asked)
        millrace_http_request_duration_seconds_bucket{operation="ask",le="+Inf"} \(asked)
        millrace_cache_hits_total{cache="answers"} 3
        millrace_cache_misses_total{cache="answers"} 1
        millrace_build_info{version="0.1.0"} 1
        """
    }

    @Test func `is what came between two looks`() throws {
        let figures = TopFigures(
            from: reading(metrics(10, 0, below: 10)), to: reading(metrics(30, 4, below: 10), second: 2))
        #expect(figures.version == "0.1.0")
        #expect(figures.requestsPerSecond == 10)
        #expect(figures.errorsPerSecond == 2)
        // What nobody asked has no row.
        #expect(figures.operations.map(\.operation) == ["ask"])
        let ask = try #require(figures.operations.first)
        // All twenty new ones took between 100 and 200 ms.
        #expect(abs((ask.p50Ms ?? 0) - 150) < 0.001)
        #expect(figures.caches.first?.hitShare == 0.75)
        #expect(figures.slowest == nil)
    }

    @Test func `counts from zero where a server began anew`() {
        let figures = TopFigures(
            from: reading(metrics(100, 9, below: 100)), to: reading(metrics(2, 0, below: 2), second: 1))
        #expect(figures.requestsPerSecond == 0)
        #expect(figures.errorsPerSecond == 0)
    }

    @Test func `fits the width that there is, and says what is missing without a key`() {
        let picture = TopPicture(
            server: "http://127.0.0.1:8080", from: reading(metrics(1, 0, below: 1)),
            to: reading(metrics(2, 0, below: 2), second: 1))
        for width in [1, 20, 80, 300] {
            #expect(picture.lines(width: width).allSatisfy { $0.count <= width })
        }
        #expect(picture.lines(width: 100).contains { $0.contains("--key") })
    }

    @Test(
        arguments: [
            ("a 1", "a", [:], 1.0), (#"a{b="c"} 2.5"#, "a", ["b": "c"], 2.5),
            (#"a{b="c,}\"\\\n",d="e"} 3 1700000000"#, "a", ["b": "c,}\"\\\n", "d": "e"], 3),
        ] as [(String, String, [String: String], Double)])
    func `reads samples as Prometheus writes them`(
        line: String, name: String, labels: [String: String], value: Double
    ) throws {
        let sample = try #require(PrometheusSample(line: line[...]))
        #expect(sample.name == name)
        #expect(sample.labels == labels)
        #expect(sample.value == value)
    }

    @Test(arguments: ["", "# HELP a b", "a", "a{", #"a{b="c"#, #"a{b=c} 1"#, "a x", #"a{b="c"}"#])
    func `passes over what is no sample`(line: String) {
        #expect(PrometheusSample(line: line[...]) == nil)
    }

    @Test func `takes OpenTelemetry's own variables`() {
        let environment = OTLPEnvironment([
            "OTEL_EXPORTER_OTLP_ENDPOINT": "http://collector:4318/",
            "OTEL_EXPORTER_OTLP_HEADERS": "a=b%20c, d=e",
            "OTEL_SERVICE_NAME": "", "OTEL_RESOURCE_ATTRIBUTES": "x=1,broken,=2",
        ])
        #expect(environment.endpoint == "http://collector:4318/v1/traces")
        #expect(OTLPEnvironment.traces("https://a/v1/traces") == "https://a/v1/traces")
        let headers = OTLPEnvironment.pairs(environment.headers ?? "")
        #expect(headers.map(\.name) == ["a", "d"])
        #expect(headers.map(\.value) == ["b c", "e"])
        #expect(environment.service == nil)
        #expect(environment.resource == ["x": "1"])
        #expect(!environment.isDisabled)
    }
}
