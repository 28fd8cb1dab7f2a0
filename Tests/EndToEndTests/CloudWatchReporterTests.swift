import AWSServices
import Foundation
import Logging
import Server
import Synchronization
import Testing
import Transport

@testable import millrace

/// Takes what is given to CloudWatch, or refuses it.
private final class FakeCloudWatch: HTTPClient {
    private struct State {
        var bodies: [String] = []
        var code: String?
        var count = 0
    }

    private let state = Mutex(State())

    var bodies: [String] { state.withLock(\.bodies) }
    /// - Parameter code: `nil` to take what comes.
    func refuse(_ code: String?) { state.withLock { $0.code = code } }

    func send(_ request: HTTPRequest) async throws(TransportError) -> HTTPResponse {
        let (code, number) = state.withLock { state in
            state.bodies.append(String(decoding: request.body.data ?? Data(), as: UTF8.self))
            state.count += 1
            return (state.code, state.count)
        }
        let headers = [(name: "x-amzn-RequestId", value: "R\(number)")]
        let body = code.map { #"{"__type": "\#($0)", "message": "no"}"# } ?? "{}"
        return HTTPResponse(
            head: HTTPResponseHead(status: code == nil ? 200 : 400, headers: headers), body: Data(body.utf8))
    }

    func stream(_ request: HTTPRequest) async throws(TransportError) -> HTTPStreamedResponse {
        throw .invalidRequest(reason: "nothing is streamed")
    }
}

/// Lines as they are logged.
private final class Lines: Sendable {
    private let stored = Mutex<[String]>([])

    var all: [String] { stored.withLock(\.self) }
    var logger: Logger { Logger(label: "test") { _ in Handler(lines: self) } }

    private struct Handler: LogHandler {
        let lines: Lines
        var metadata: Logger.Metadata = [:]
        var logLevel: Logger.Level = .debug

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            lines.stored.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }
}

@Suite struct `Figures for CloudWatch` {
    private let fake = FakeCloudWatch()
    private let lines = Lines()

    private func reporter() -> CloudWatchReporter {
        let fake = fake
        return CloudWatchReporter(logger: lines.logger) {
            let account = try await AWSAccount(
                environment: AWSEnvironment(variables: ["AWS_MAX_ATTEMPTS": "1"]), region: "us-east-1",
                credentials: StaticCredentials(AWSCredentials(accessKeyID: "A", secretAccessKey: "planted")),
                http: fake, localHTTP: fake)
            return CloudWatchMetrics(try CloudWatch(account), namespace: "Wiki", mostSeries: 3)
        }
    }

    private func report(_ value: Double) throws -> MetricsReport {
        MetricsReport(figures: [.init("Requests", value), .init("LatencyP99", 2, .milliseconds)])
    }

    @Test func `are given under the namespace, with their units`() async throws {
        let reporter = reporter()
        try await reporter.write(report(7))
        let body = try #require(fake.bodies.first)
        for part in ["\"Wiki\"", "\"Requests\"", "\"Count\"", "\"LatencyP99\"", "\"Milliseconds\""] {
            #expect(body.contains(part), "\(body)")
        }
        #expect(fake.bodies.count == 1 && lines.all.isEmpty)
    }

    @Test func `wait within a bound while they are refused, which is told once`() async throws {
        let reporter = reporter()
        fake.refuse("AccessDeniedException")
        for number in 0..<4 { try await reporter.write(report(Double(number))) }
        let told = lines.all.filter { $0.contains("not given") }
        #expect(told.count == 1 && told.first?.contains("PutMetricData") == true, "\(lines.all)")
        #expect(lines.all.contains { $0.contains("were dropped") })
        fake.refuse(nil)
        try await reporter.write(report(9))
        #expect(lines.all.last?.contains("again") == true)
        #expect(!"\(lines.all)".contains("planted"))
    }

    @Test func `that it never takes are dropped, which is told`() async throws {
        let reporter = reporter()
        fake.refuse("InvalidParameterValue")
        try await reporter.write(report(1))
        #expect(lines.all.contains { $0.contains("were dropped") && $0.contains("2") }, "\(lines.all)")
        fake.refuse(nil)
        try await reporter.write(report(2))
        let count = try #require(fake.bodies.last).components(separatedBy: "MetricName").count - 1
        #expect(count == 2)
    }
}
