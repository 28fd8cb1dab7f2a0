import AWSServices
import Foundation
import Logging
import Synchronization
import Testing
import Transport

@testable import millrace

/// Lines as they are logged.
private final class Lines: Sendable {
    private let stored = Mutex<[(text: String, key: String, reason: String)]>([])

    var all: [(text: String, key: String, reason: String)] { stored.withLock { $0 } }
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
            let line = (
                text: "\(event.message)", key: "\(event.metadata?["millrace.setting"] ?? "")",
                reason: "\(event.metadata?["millrace.reason"] ?? "")"
            )
            lines.stored.withLock { $0.append(line) }
        }
    }
}

/// What stands behind references, some of it denied; each answer has a request id of its own.
private final class Vault: Sendable {
    private struct State {
        var values: [String: String]
        var denied: Set<String> = []
        var count = 0
    }

    private let state: Mutex<State>

    init(_ values: [String: String]) { state = Mutex(State(values: values)) }

    func set(_ value: String, for reference: String) {
        state.withLock { $0.values[reference] = value }
    }

    func deny(_ reference: String, _ isDenied: Bool = true) {
        state.withLock { state in
            if isDenied { state.denied.insert(reference) } else { state.denied.remove(reference) }
        }
    }

    func fetch(_ reference: AWSValueReference) throws(AWSValueResolver.Fault) -> AWSSecretText {
        let (value, isDenied, count) = state.withLock { state in
            state.count += 1
            return (state.values["\(reference)"], state.denied.contains("\(reference)"), state.count)
        }
        guard let value, !isDenied else {
            throw .aws(
                reference,
                .refused(
                    AWSError.Refusal(
                        service: "secretsmanager", operation: "GetSecretValue", status: 400,
                        code: isDenied ? "AccessDeniedException" : "ResourceNotFoundException",
                        message: "", requestID: "R\(count)")))
        }
        return AWSSecretText(value)
    }
}

@Suite struct `Values of settings, followed while a server runs` {
    private let settings: Settings
    private let vault = Vault([
        "secret:gone": "planted-1", "secret:stays#key": "planted-2", "ssm:/port": "9000",
    ])
    private let lines = Lines()

    init() throws {
        settings = try Settings(
            file: nil, environment: [:],
            overrides: [
                "openai.key=secret:gone", "confluence.token=secret:stays#key", "server.port=ssm:/port",
            ])
    }

    private func refresh() async -> [ReferenceFault] {
        await settings.refreshReferences { reference async throws(AWSValueResolver.Fault) in
            try vault.fetch(reference)
        }
    }

    @Test func `one that is denied keeps its value, and the others are rotated all the same`() async throws {
        #expect(await refresh().isEmpty)
        vault.deny("secret:gone")
        vault.set("planted-3", for: "secret:stays#key")
        vault.set("9001", for: "ssm:/port")
        let faults = await refresh()
        #expect(faults.map(\.key) == ["openai.key"])
        #expect("\(faults)".contains("secret:gone") && !"\(faults)".contains("planted"))
        #expect(settings[\.openai.key] == "planted-1")
        #expect(settings[\.confluence.token] == "planted-3")
        #expect(settings[\.server.port] == 9_001)
        #expect(settings.fetched.faults == faults)
        vault.deny("secret:gone", false)
        vault.set("planted-4", for: "secret:gone")
        #expect(await refresh().isEmpty)
        #expect(settings[\.openai.key] == "planted-4" && settings.fetched.faults.isEmpty)
    }

    @Test func `each trouble is told once, and its end too`() async throws {
        let service = ReferenceService(fetch: { await refresh() }, logger: lines.logger)
        var told: [String: String] = [:]
        await service.look(&told)
        #expect(lines.all.isEmpty)
        vault.deny("secret:gone")
        for _ in 0..<3 { await service.look(&told) }
        #expect(lines.all.count == 1)
        #expect(lines.all.first?.key == "openai.key")
        #expect(lines.all.first?.reason.contains("AccessDenied") == true)
        // Another reason is news.
        vault.set("no port", for: "ssm:/port")
        for _ in 0..<2 { await service.look(&told) }
        #expect(lines.all.map(\.key) == ["openai.key", "server.port"])
        vault.deny("secret:gone", false)
        vault.set("9002", for: "ssm:/port")
        for _ in 0..<2 { await service.look(&told) }
        #expect(lines.all.map(\.key) == ["openai.key", "server.port", "openai.key", "server.port"])
        #expect(lines.all.suffix(2).allSatisfy { $0.text.contains("again") && $0.reason.isEmpty })
        #expect(!"\(lines.all)".contains("planted"))
        #expect(settings[\.server.port] == 9_002)
    }

    @Test func `settings whose values cannot be had are read as if they were not set`() async throws {
        let settings = try Settings(
            file: nil, environment: [:], overrides: ["embedding.provider=ssm:/none", "log.level=debug"])
        _ = await settings.refreshReferences { reference async throws(AWSValueResolver.Fault) in
            try vault.fetch(reference)
        }
        #expect(settings.withoutUnresolved()[\.embedding.provider] == .local)
        #expect(settings.withoutUnresolved()[\.log.level] == .debug)
    }
}
