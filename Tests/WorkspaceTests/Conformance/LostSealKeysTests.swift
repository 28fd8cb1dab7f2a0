import Foundation
import Synchronization
import TestSupport
import Testing

@testable import Workspace

@Suite(.timeLimit(.minutes(1))) struct `Keys of a seal that are gone` {
    private func fill(_ store: any WorkspaceDatabase, _ keys: SealKeys) async throws {
        let seal = VariableSeal(keys)
        for (id, owner) in [("1", Sample.ann), ("2", Sample.ann), ("1", Sample.bob)] {
            var variable = Sample.variable(id, "N\(id)", of: owner)
            variable.isSecret = true
            variable.value = try seal.seal(Data("planted".utf8), name: variable.name, owner: owner)
            _ = try await store.save(variable)
        }
        var webhook = try Sample.webhook("w")
        webhook.secret = try seal.seal(WebhookSecret(), ofWebhook: "w", for: Sample.ann)
        try await store.add(webhook)
    }

    @Test(arguments: WorkspaceEngine.all)
    func `are told of with all that they alone open, and what to do`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        try await LostSealKeys.check(store, openedBy: nil, place: "/data/workspace.key")
        let keys = SealKeys()
        try await fill(store, keys)
        let id = try #require(keys.keys.first?.id)
        let lost = await #expect(throws: LostSealKeys.self) {
            try await LostSealKeys.check(store, openedBy: SealKeys(), place: "/data/workspace.key")
        }
        #expect(lost?.counts == [.variable: 3, .webhook: 1] && lost?.keyIDs == [id])
        let text = "\(try #require(lost))"
        for part in ["/data/workspace.key", "3 variables, 1 webhook", id, "backup", "reseal --give-up"] {
            #expect(text.contains(part), "\(part): \(text)")
        }
        #expect(!text.contains("planted"))
        // Nothing is lost that is opened still.
        try await LostSealKeys.check(store, openedBy: keys, place: "x")
    }
}

/// What a follower told, in order.
private final class SealNotes: Sendable {
    private let kept = Mutex<[String]>([])

    var all: [String] { kept.withLock(\.self) }

    func note(_ told: SealNews) {
        let word =
            switch told {
            case .failed: "failed"
            case .recovered: "recovered"
            case .resealed(let outcome): "resealed \(outcome.sealed)"
            }
        kept.withLock { $0.append(word) }
    }
}

@Suite(.timeLimit(.minutes(1))) struct `A follower of keys in a file` {
    private let folder: TemporaryDirectory
    private let news = SealNotes()

    init() throws { folder = try TemporaryDirectory() }

    private func secret(_ text: String, _ seal: VariableSeal) throws -> StoredVariable {
        var variable = Sample.variable("1", "KEY")
        variable.isSecret = true
        variable.value = try seal.seal(Data(text.utf8), name: "KEY", owner: Sample.ann)
        return variable
    }

    private func value(_ store: any WorkspaceDatabase) async throws -> Data {
        try await store.variable(named: "KEY", for: Sample.ann).value
    }

    @Test(arguments: WorkspaceEngine.all)
    func `seals anew once a fresh key has begun to seal`(engine: WorkspaceEngine) async throws {
        let store = try await engine.open()
        let time = Mutex(Sample.now)
        let ring = SealKeyRing(try SealKeyFile.keys(in: folder.url), now: { time.withLock(\.self) })
        let seal = VariableSeal(ring)
        _ = try await store.save(try secret("planted", seal))
        let before = try await value(store)
        let url = folder.url
        let steps = Mutex(0)
        var follower = SealFollower(
            ring, store: store, reading: { try SealKeyFile.existing(in: url) },
            progress: { _ in steps.withLock { $0 += 1 } }, report: { [news] in news.note($0) })
        await follower.look()
        #expect(try await value(store) == before && news.all.isEmpty)
        _ = try SealKeyFile.rotate(in: url, notice: 60, now: Sample.now)
        await follower.look()
        #expect(try await value(store) == before, "others may not have read it yet")
        time.withLock { $0 += 61 }
        await follower.look()
        let anew = try await value(store)
        #expect(anew != before && seal.isCurrent(anew) && steps.withLock(\.self) == 1)
        #expect(try seal.open(anew, name: "KEY", owner: Sample.ann) == Data("planted".utf8))
        await follower.look()
        #expect(news.all == ["resealed 1"])
        // The key before it opens what backups have.
        #expect(
            try VariableSeal(try SealKeyFile.keys(in: url)).open(before, name: "KEY", owner: Sample.ann)
                == Data("planted".utf8))
    }

    @Test func `goes on where a pass was broken off, as after a restart`() async throws {
        let store = try await WorkspaceEngine.all[0].open()
        var keys = SealKeys()
        let old = VariableSeal(keys)
        for number in 0..<250 {
            var variable = Sample.variable("\(number)", "N\(number)")
            variable.isSecret = true
            variable.value = try old.seal(Data("x".utf8), name: variable.name, owner: Sample.ann)
            _ = try await store.save(variable)
        }
        _ = keys.rotate()
        let seal = VariableSeal(keys)
        let broken = Task {
            try await Resealing(store, seal).run { progress in
                if progress.outcome.sealed >= 100 { withUnsafeCurrentTask { $0?.cancel() } }
            }
        }
        await #expect(throws: CancellationError.self) { try await broken.value }
        let outcome = try await Resealing(store, seal).run()
        #expect(outcome.sealed == 150 && outcome.unreadable == 0)
        for variable in try await store.variables(for: Sample.ann) { #expect(seal.isCurrent(variable.value)) }
    }

    @Test func `waits until every process has the newest key`() async throws {
        let store = try await WorkspaceEngine.all[0].open()
        var keys = SealKeys()
        _ = try await store.save(try secret("planted", VariableSeal(keys)))
        _ = keys.rotate()
        let ring = SealKeyRing(keys)
        let agree = Mutex(false)
        var follower = SealFollower(
            ring, store: store, mayBegin: { agree.withLock(\.self) }, report: { [news] in news.note($0) })
        await follower.look()
        #expect(!VariableSeal(ring).isCurrent(try await value(store)))
        agree.withLock { $0 = true }
        await follower.look()
        #expect(VariableSeal(ring).isCurrent(try await value(store)))
    }

    @Test func `serves on with the keys that it has where the file is gone, damaged or older`() async throws {
        let store = try await WorkspaceEngine.all[0].open()
        let url = folder.url
        let backup = try SealKeyFile.keys(in: url)
        let ring = SealKeyRing(try SealKeyFile.rotate(in: url))
        let seal = VariableSeal(ring)
        _ = try await store.save(try secret("planted", seal))
        var follower = SealFollower(
            ring, store: store, reading: { try SealKeyFile.followed(in: url) },
            report: { [news] in news.note($0) })
        let path = folder.path(SealKeyFile.fileName)
        let text = try String(contentsOfFile: path, encoding: .utf8)
        func put(_ text: String) throws {
            try text.write(toFile: path, atomically: true, encoding: .utf8)
            chmod(path, 0o600)
        }
        func opens() async throws -> Bool {
            try seal.open(try await value(store), name: "KEY", owner: Sample.ann) == Data("planted".utf8)
        }
        try FileManager.default.removeItem(atPath: path)
        await follower.look()
        #expect(try await opens())
        #expect(news.all == ["failed"], "whoever can put it back is told, and once")
        await follower.look()
        #expect(news.all == ["failed"])
        let gone = #expect(throws: WorkspaceError.self) { () throws -> Void in
            _ = try SealKeyFile.followed(in: url)
        }
        #expect(gone?.description.contains("\(path) cannot be used: it is gone.") == true)
        try put("no keys")
        await follower.look()
        #expect(try await opens())
        #expect(news.all == ["failed", "failed"])
        try put(text)
        await follower.look()
        #expect(news.all == ["failed", "failed", "recovered"])
        try put(backup.text)
        await follower.look()
        #expect(try await opens())
    }
}
