import Foundation
import Testing

@testable import VectorIndex

@Suite(.timeLimit(.minutes(3))) struct `A disk log's group commit` {
    @Test func `serves many threads with few flushes, and each only once it is safe`() throws {
        try withTemporaryDirectory { directory in
            let flushes = Guarded((count: 0, byteCount: 0))
            let path = directory.appendingPathComponent("index.log").path
            let disk = Disk(willPerform: { operation in
                guard operation == .flush(path: path) else { return .proceed }
                var status = stat()
                stat(path, &status)
                let byteCount = Int(status.st_size)
                // As long as a flush takes on a disk that turns.
                usleep(2000)
                flushes.withLock { $0 = ($0.count + 1, byteCount) }
                return .proceed
            })
            let log = try IndexLog.start(directory: directory, header: LogFixture.header(), disk: disk)
            let failures = Guarded<[String]>([])
            let group = DispatchGroup()
            for thread in 0..<8 {
                group.enter()
                Thread.detachNewThread {
                    defer { group.leave() }
                    for step in 0..<25 {
                        do {
                            let number = try log.appendGeneration(UInt64(100 * thread + step))
                            try log.commit(through: number)
                            // A generation's record has 64 bytes.
                            let end = LogHeader.byteCount + 64 * Int(number)
                            let safe = flushes.withLock { $0.byteCount }
                            if safe < end { failures.withLock { $0.append("\(number): \(safe) < \(end)") } }
                        } catch {
                            failures.withLock { $0.append("\(error)") }
                        }
                    }
                }
            }
            group.wait()
            #expect(failures.withLock { $0 } == [])
            #expect(flushes.withLock { $0.count } < 200 / 2)
            let records = try LogFixture(directory: directory).open().records
            let wanted = (0..<8).flatMap { thread in (0..<25).map { UInt64(100 * thread + $0) } }
            #expect(Set(records.map { "\($0)" }) == Set(wanted.map { "\(PlainRecord.generation($0))" }))
            #expect(records.count == 200)
        }
    }
}
