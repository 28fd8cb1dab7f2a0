import Backends
import Concurrency
import Corpus
import Foundation
import Ingest
import Logging
import QA
import Server
import ServiceLifecycle
import TextIndex
import Transport
import VectorIndex

extension Services {
    /// Records what requests and jobs do, and sends it to a collector if the settings or OpenTelemetry's own variables
    /// name one.
    func tracer() throws -> RequestTracer {
        try tracerPart {
            let exporter = try self.traceExporter()
            return RequestTracer(
                TraceSettings(
                    slow: .seconds(self.settings[\.telemetry.slowSeconds]),
                    sampleRatio: self.settings[\.telemetry.otlp.sampleRatio]), exporter: exporter)
        }
    }

    private func traceExporter() throws -> TraceExporter? {
        let environment = OTLPEnvironment(ProcessInfo.processInfo.environment)
        let own = settings[\.telemetry.otlp.endpoint].map { OTLPEnvironment.traces($0.absoluteString) }
        guard !environment.isDisabled, let endpoint = own ?? environment.endpoint else { return nil }
        let headers = OTLPEnvironment.pairs(
            settings[\.telemetry.otlp.headers] ?? environment.headers ?? "")
        let client = try plainClient()
        return TraceExporter(
            TraceExport(
                service: settings[\.telemetry.otlp.service] ?? environment.service ?? "millrace",
                version: Millrace.version, resource: environment.resource,
                queue: settings[\.telemetry.otlp.queue])
        ) { body in
            let response = try await client.send(
                HTTPRequest(
                    method: "POST", url: endpoint, headers: [("Content-Type", "application/json")] + headers,
                    body: body, timeout: .seconds(10)))
            return TraceAnswer(
                status: response.head.status,
                retryAfter: response.head["retry-after"].flatMap { Double($0) }.flatMap {
                    $0.isFinite && (0...3_600).contains($0) ? .seconds($0) : nil
                })
        }
    }

    /// What sends traces; none where nothing is sent.
    func traceServices() throws -> [any Service] {
        try tracer().exporter.map { [TraceService(exporter: $0)] } ?? []
    }

    /// What the server tells of its indexes.
    func servedIndex() async throws -> ServedIndex {
        let vectors = try await index()
        let searched = try await searchedIndex()
        let revised = try await words().store as? RevisedTextStore
        var statistics: (@Sendable () -> TextIndexStatistics)?
        if let words = revised?.base as? LocalTextStore { statistics = { words.statistics() } }
        if let words = revised?.base as? PostgresTextStore { statistics = { words.statistics() } }
        let corpus = try corpus()
        return ServedIndex(
            vectors: vectors.served, revision: { searched.revision },
            words: statistics,
            databaseGeneration: { try await corpus.generation }, efSearch: settings[\.search.efSearch],
            mapFolder: settings[\.data].appendingPathComponent("maps"))
    }

    /// Asks sets of questions in the background.
    func evaluations() async throws -> EvaluationJobs {
        try await evaluationsPart { try await self.configuredEvaluations() }
    }

    private func configuredEvaluations() async throws -> EvaluationJobs {
        let files = settings[\.evaluations.files].map { URL(fileURLWithPath: $0) }
        let builtIn = files.filter { FileManager.default.isReadableFile(atPath: $0.path) }.map { file in
            let name = file.deletingPathExtension().lastPathComponent
            return BuiltInEvaluationSet(id: "file-\(name)", name: name, file: file)
        }
        for file in files where !FileManager.default.isReadableFile(atPath: file.path) {
            logger.warning(
                "a file of questions cannot be read and is not offered",
                metadata: ["millrace.file": "\(file.path)"])
        }
        return EvaluationJobs(
            store: try workspace(), qa: try await questionAnswering(), scopes: try corpus(),
            builtIn: builtIn, tracing: try tracer(), logger: logger)
    }
}

/// Sends traces until the process ends, and what is left then.
private struct TraceService: Service {
    let exporter: TraceExporter

    func run() async {
        await cancelWhenGracefulShutdown { await exporter.run() }
    }
}

/// Carries out evaluations until the process ends; what runs then is begun anew by the next one.
struct EvaluationService: Service {
    let jobs: EvaluationJobs

    func run() async {
        await cancelWhenGracefulShutdown { await jobs.run() }
    }
}
