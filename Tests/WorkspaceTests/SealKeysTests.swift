import Foundation
import TestSupport
import Testing

@testable import Workspace

@Suite struct `The keys of a seal` {
    private static let day: TimeInterval = 86_400
    private let secret = Data("hunter2".utf8)

    private func sealed(_ keys: SealKeys) throws -> Data {
        try VariableSeal(keys).seal(secret, name: "KEY", owner: Sample.ann)
    }

    private func opens(_ sealed: Data, _ keys: SealKeys) -> Bool {
        (try? VariableSeal(keys).open(sealed, name: "KEY", owner: Sample.ann)) == secret
    }

    /// As many as there may be.
    private func full() -> SealKeys {
        var keys = SealKeys()
        while keys.rotate() {}
        return keys
    }

    @Test func `are never dropped, however many there are`() throws {
        let first = SealKeys()
        let value = try sealed(first)
        var keys = first
        while keys.rotate() {}
        #expect(keys.keys.count == SealKeys.limit)
        #expect(opens(value, keys))
        // Nor where others are taken in.
        #expect(throws: SealKeys.Full(count: SealKeys.limit, more: 1)) { try keys.taking(SealKeys()) }
        #expect(throws: SealKeys.Full.self) { try SealKeys().taking(keys) }
        #expect(try keys.taking(first) == nil, "those that are there take no room")
        // What was written is read again.
        #expect(opens(value, try SealKeys(lines: keys.lines, from: "x")))
    }

    @Test func `of a folder are not exchanged where there is no room, and the file stays`() throws {
        let folder = try TemporaryDirectory()
        let file = try folder.write(full().text, to: SealKeyFile.fileName)
        chmod(file.path, 0o600)
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(throws: WorkspaceError.self) { try SealKeyFile.rotate(in: folder.url) }
        #expect(try String(contentsOf: file, encoding: .utf8) == text)
    }

    @Test func `get a fresh one when the newest has sealed for long enough, which seals after its notice`()
        throws
    {
        let start = Sample.start
        let first = SealKeys(from: start)
        let value = try sealed(first)
        guard case .notDue = first.exchange(after: Self.day, notice: 60, at: start + Self.day - 1) else {
            Issue.record("it was exchanged too early")
            return
        }
        let due = start + Self.day
        guard case .added(let both) = first.exchange(after: Self.day, notice: 60, at: due) else {
            Issue.record("it was not exchanged")
            return
        }
        #expect(both.keys.count == 2 && opens(value, both))
        #expect(both.sealing(at: due)?.id == first.keys.first?.id, "others may not have the fresh one yet")
        #expect(both.sealing(at: due + 60)?.id == both.keys.last?.id)
        // The fresh one is as old as it has sealed.
        guard case .notDue = both.exchange(after: Self.day, notice: 60, at: due + Self.day) else {
            Issue.record("it was exchanged twice")
            return
        }
        // What was written is the same again, and so when read by a clock that is behind.
        let read = try SealKeys(lines: both.lines, from: "x")
        #expect(read.lines == both.lines)
        #expect(read.sealing(at: start - 1)?.id == first.keys.first?.id)
        // Other secrets are made of the one that stays.
        #expect(VariableSeal(both).secret(for: "x") == VariableSeal(first).secret(for: "x"))
        #expect(VariableSeal(both).secret(for: "x") != VariableSeal(first).secret(for: "y"))
    }

    @Test func `without a time get one first, and are exchanged a period later`() throws {
        let old = SealKeys()
        guard case .timed(let timed) = old.exchange(after: Self.day, notice: 60, at: Sample.start) else {
            Issue.record("it got no time")
            return
        }
        #expect(timed.keys.map(\.id) == old.keys.map(\.id))
        #expect(VariableSeal(timed).secret(for: "x") == VariableSeal(old).secret(for: "x"))
        guard case .added(let both) = timed.exchange(after: Self.day, notice: 60, at: Sample.start + Self.day)
        else {
            Issue.record("it was not exchanged")
            return
        }
        // Keys of before that turn up late seal nothing, and nothing else is made of them.
        let all = try #require(try both.taking(SealKeys()))
        #expect(all.keys.count == 3 && all.sealing(at: .distantFuture)?.id == both.keys.last?.id)
        #expect(VariableSeal(all).secret(for: "x") == VariableSeal(both).secret(for: "x"))
    }

    @Test func `say when there is no room for a fresh one`() throws {
        var keys = SealKeys(from: Sample.start)
        while keys.rotate(from: Sample.start) {}
        guard case .full = keys.exchange(after: Self.day, notice: 60, at: Sample.start + 2 * Self.day) else {
            Issue.record("there was room")
            return
        }
    }

    @Test func `with times are read by whoever passes comments over`() throws {
        let keys = SealKeys(from: Sample.start)
        let known = keys.lines.split(separator: "\n").filter { !$0.hasPrefix("#") }
        #expect(known.count == 1)
        let read = try SealKeys(lines: known.joined(separator: "\n"), from: "x")
        #expect(opens(try sealed(keys), read) && read.keys.first?.from == nil)
        // Comments of people's own say nothing.
        let odd = try SealKeys(lines: "#from\n#from a b\n# from x 12\n" + keys.lines, from: "x")
        #expect(odd.lines == keys.lines)
    }

    @Test func `may be exchanged while a seal is used`() throws {
        let time = Sample.start
        let first = SealKeys(from: time)
        let ring = SealKeyRing(first, now: { time + Self.day + 60 })
        let seal = VariableSeal(ring)
        let value = try seal.seal(secret, name: "KEY", owner: Sample.ann)
        #expect(seal.isCurrent(value))
        guard case .added(let both) = first.exchange(after: Self.day, notice: 60, at: time + Self.day) else {
            Issue.record("it was not exchanged")
            return
        }
        ring.replace(with: both)
        #expect(!seal.isCurrent(value))
        #expect(try seal.open(value, name: "KEY", owner: Sample.ann) == secret)
        let anew = try seal.seal(secret, name: "KEY", owner: Sample.ann)
        #expect(seal.isCurrent(anew) && !opens(anew, first))
        #expect(seal.mark.map { anew.starts(with: $0) && !value.starts(with: $0) } == true)
    }
}
