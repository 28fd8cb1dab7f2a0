import Foundation
import Testing

@testable import VectorIndex

/// The smallest store over the disk layer, used as a real one uses it: a dictionary instead of a graph.
private struct ToyStore {
    struct State: Equatable {
        var vectors: [UInt64: [Float]] = [:]
        var generation: UInt64 = 0
    }

    /// A change, and what it makes of a state.
    enum Step {
        case append(PlainRecord)
        case save

        func apply(to state: inout State) {
            switch self {
            case .append(.upsert(let ids, let rows)):
                for (position, id) in ids.enumerated() {
                    state.vectors[id] = Array(rows[(3 * position)..<(3 * position + 3)])
                }
            case .append(.removal(let ids)): for id in ids { state.vectors[id] = nil }
            case .append(.generation(let generation)): state.generation = generation
            case .append(.documents), .save: break
            }
        }
    }

    private(set) var state = State()
    private let directory: URL
    private let disk: Disk
    private let lock: DirectoryLock
    private var sequence: UInt64 = 0
    private var log: IndexLog

    init(_ directory: URL, disk: Disk) throws {
        (self.directory, self.disk) = (directory, disk)
        lock = try DirectoryLock(directory, disk: disk)
        try lock.removeLeftovers(in: directory, disk: disk)
        var (state, sequence, covered) = (State(), UInt64(0), LogPosition())
        if let snapshot = try Snapshot.open(directory: directory) {
            guard try snapshot.ledger.verifyAll().isEmpty else { throw VectorIndexError.full(limit: 0) }
            (sequence, covered) = (snapshot.header.sequence, snapshot.header.covered)
            let (ids, rows) = (try snapshot.region(of: .ids), try snapshot.region(of: .rows))
            for slot in 0..<Int(snapshot.header.count) {
                let id = ids.base.load(fromByteOffset: 8 * slot, as: UInt64.self)
                state.vectors[id] = (0..<3).map {
                    rows.base.load(fromByteOffset: 12 * slot + 4 * $0, as: Float.self)
                }
            }
            state.generation = snapshot.header.generation
        }
        log = try IndexLog.open(
            directory: directory, header: LogFixture.header(sequence), covered: covered, disk: disk
        ) { _, record in Step.append(PlainRecord(record)).apply(to: &state) }
        (self.state, self.sequence) = (state, sequence)
    }

    mutating func perform(_ step: Step) throws {
        switch step {
        case .append(let record):
            try log.commit(through: try record.append(to: log))
            step.apply(to: &state)
        case .save: try save()
        }
    }

    private mutating func save() throws {
        var header = SnapshotHeader()
        (header.sequence, header.covered) = (sequence + 1, log.position)
        (header.count, header.generation) = (UInt64(state.vectors.count), state.generation)
        let ids = state.vectors.keys.sorted()
        let rows = ids.flatMap { state.vectors[$0] ?? [] }
        let idBytes = ids.withUnsafeBytes { Array($0) }
        let rowBytes = rows.withUnsafeBytes { Array($0) }
        var sections = SectionBytes(lengths: [0, 0, 0, 0, 0, 0, 0, 0], seed: 0)
        sections.bytes[SnapshotSection.ids.rawValue] = idBytes
        sections.bytes[SnapshotSection.rows.rawValue] = rowBytes
        try sections.write(header, to: directory, disk: disk)
        sequence += 1
        log = try log.succeed(sequence: sequence)
    }
}

@Suite(.timeLimit(.minutes(5))) struct `A store on a faulty disk` {
    private static let script: [ToyStore.Step] = [
        .append(.upsert([1, 2, 3], [1, 0, 0, 2, 0, 0, 3, 0, 0])),
        .append(.generation(7)),
        .save,
        .append(.upsert([2, 4], [2.5, 0, 0, 4, 0, 0])),
        .append(.upsert(Array(10..<90), [Float](repeating: 0, count: 240))),
        .append(.removal([1, 50])),
        .save,
        .append(.upsert([5], [5, 0, 0])),
        .append(.generation(8)),
    ]

    /// What may be found after the script ran into a fault: in each state all that was acknowledged, and of
    /// what failed each part or nothing.
    private struct Outcome {
        var states = [ToyStore.State()]
        var acknowledged = 0

        mutating func note(_ step: ToyStore.Step, isAcknowledged: Bool) {
            let before = states
            for index in states.indices { step.apply(to: &states[index]) }
            if isAcknowledged {
                acknowledged += 1
            } else {
                states = before + states.filter { !before.contains($0) }
            }
        }
    }

    /// Runs the script, opening the store anew after each error as a caller would; stops at the first if
    /// `isKilled`.
    private func run(_ directory: URL, disk: Disk, isKilled: Bool) -> Outcome {
        var outcome = Outcome()
        var store: ToyStore?
        for step in Self.script {
            do {
                if store == nil { store = try ToyStore(directory, disk: disk) }
                try store?.perform(step)
                outcome.note(step, isAcknowledged: true)
            } catch {
                outcome.note(step, isAcknowledged: false)
                if isKilled { return outcome }
                if case VectorIndexError.writingStopped = error { store = nil }
            }
        }
        return outcome
    }

    private func operationCount() throws -> Int {
        try withTemporaryDirectory { directory in
            let faulty = FaultyDisk()
            let outcome = run(directory.appendingPathComponent("new"), disk: faulty.disk, isKilled: false)
            #expect(outcome.acknowledged == Self.script.count && outcome.states.count == 1)
            return faulty.operations.count
        }
    }

    private func expectOne(of outcome: Outcome, in directory: URL, _ comment: String) throws {
        // Twice: the first opening mends the files, the second must find the same.
        let first = try ToyStore(directory, disk: .system).state
        #expect(outcome.states.contains(first), "\(comment)")
        #expect(try ToyStore(directory, disk: .system).state == first, "\(comment)")
    }

    @Test(arguments: [
        FaultyDisk.Fault.error(EIO, after: 0), .error(ENOSPC, after: 40), .error(ENOSPC, after: 1000),
        .kill(after: 0), .kill(after: 1), .kill(after: 57), .kill(after: 600), .kill(after: 1 << 20),
    ])
    func `keeps what it acknowledged, wherever the fault is`(fault: FaultyDisk.Fault) throws {
        let isKilled = if case .kill = fault { true } else { false }
        let count = try operationCount()
        #expect(count > 40)
        for number in 0..<count {
            try withTemporaryDirectory { parent in
                let directory = parent.appendingPathComponent("new")
                let faulty = FaultyDisk(at: number, fault)
                let outcome = run(directory, disk: faulty.disk, isKilled: isKilled)
                // A save that cannot finish may cost the next step too: the one that finds the log stopped.
                if !isKilled { #expect(outcome.acknowledged >= Self.script.count - 2) }
                try expectOne(of: outcome, in: directory, "\(fault), operation \(number)")
            }
        }
    }

    @Test func `keeps what it acknowledged when the power goes`() throws {
        var numbers = SeededNumbers(seed: 103)
        for number in 0..<(try operationCount()) {
            for round in 0..<6 {
                try withTemporaryDirectory { parent in
                    let directory = parent.appendingPathComponent("new")
                    let after = Int.random(in: 0..<2500, using: &numbers)
                    let faulty = FaultyDisk(at: number, .kill(after: after))
                    let outcome = run(directory, disk: faulty.disk, isKilled: true)
                    try faulty.cutPower { Int.random(in: $0, using: &numbers) }
                    try expectOne(of: outcome, in: directory, "seed 103, operation \(number), round \(round)")
                }
            }
        }
    }

    @Test func `keeps what it acknowledged when it is killed again while it opens`() throws {
        for number in 0..<(try operationCount()) {
            try withTemporaryDirectory { parent in
                let directory = parent.appendingPathComponent("new")
                let outcome = run(
                    directory, disk: FaultyDisk(at: number, .kill(after: 57)).disk, isKilled: true)
                for second in 0..<12 {
                    let faulty = FaultyDisk(at: second, .kill(after: 20))
                    if let store = try? ToyStore(directory, disk: faulty.disk) {
                        #expect(outcome.states.contains(store.state), "operations \(number), \(second)")
                    }
                }
                try expectOne(of: outcome, in: directory, "operation \(number)")
            }
        }
    }

    @Test func `says what failed, and where`() throws {
        try withTemporaryDirectory { parent in
            let directory = parent.appendingPathComponent("new")
            let error = #expect(throws: VectorIndexError.self) {
                try ToyStore(directory, disk: FaultyDisk(at: 0, .error(EACCES, after: 0)).disk)
            }
            #expect(
                error?.description == """
                    Cannot make the directory \(directory.path): Permission denied (errno 13). \
                    What was saved before is untouched; try again once the cause is gone.
                    """)
        }
    }
}
