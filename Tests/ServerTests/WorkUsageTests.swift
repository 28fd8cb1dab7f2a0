import Concurrency
import EngineSupport
import Foundation
import Logging
import Models
import Synchronization
import TestSupport
import Testing
import Workspace

@testable import Server

@Suite(.timeLimit(.minutes(1))) struct `The use of work that no request waits for` {
    private static let ann = Owner(name: "user:ann")
    private static let day = UsageKey.day(of: now)
    private static let now = Date(timeIntervalSince1970: 1_790_000_000)

    private func meter(_ store: any WorkspaceDatabase) -> UsageMeter {
        UsageMeter(
            store: store, logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }),
            now: { Self.now })
    }

    private func spend(_ tokens: Int, _ dollars: Double? = nil) {
        RequestUsage.current?.add(
            ModelUse(model: "titan", purpose: .passage, tokens: tokens), dollars: dollars)
    }

    private func stored(_ store: any WorkspaceDatabase, _ key: String) async throws -> UsageCounts? {
        try await store.usage(
            tenant: Owner.defaultTenant, days: Self.day...Self.day, caller: Self.ann.name)[
                UsageKey(
                    tenant: Owner.defaultTenant, day: Self.day, caller: Self.ann.name, key: key,
                    model: "titan")]
    }

    @Test(arguments: StorageEngine.allCases)
    func `is whose it is, counted while it goes on and once`(engine: StorageEngine) async throws {
        let store = try await engine.workspace()
        let meter = meter(store)
        await meter.counting(for: Self.ann, key: "k1") {
            spend(10, 0.5)
            await meter.write()
            // What is spent is known although the process may end now.
            let halfway = try? await stored(store, "k1")
            #expect(halfway?.inputTokens == 10 && halfway?.microdollars == 500_000)
            spend(5, 0.25)
        }
        await meter.write()
        let all = try #require(try await stored(store, "k1"))
        #expect(all.inputTokens == 15 && all.microdollars == 750_000)
        #expect(all.requests == 0 && all.answers == 0, "it is no request")
        #expect(try await stored(store, "") == nil)
    }

    @Test(arguments: StorageEngine.allCases)
    func `is added up over attempts and processes`(engine: StorageEngine) async throws {
        let store = try await engine.workspace()
        let (first, second) = (meter(store), meter(store))
        await first.counting(for: Self.ann, key: "") { spend(10) }
        await second.counting(for: Self.ann, key: "") { spend(10) }
        await first.write()
        await second.write()
        #expect(try await stored(store, "")?.inputTokens == 20)
    }

    @Test func `is written down behind the end of the meter, too`() async throws {
        let store = try await StorageEngine.sqlite.workspace()
        let meter = meter(store)
        let writing = Task { await meter.run() }
        let (began, ended) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
        let work = Task {
            await meter.counting(for: Self.ann, key: "") {
                began.continuation.finish()
                for await _ in ended.stream {}
                spend(3)
            }
        }
        for await _ in began.stream {}
        writing.cancel()
        await writing.value
        ended.continuation.finish()
        await work.value
        #expect(try await stored(store, "")?.inputTokens == 3)
    }
}
