import Foundation
import TextIndex

// Changes a text index at random until it is killed, and says on standard output what it is about to do ("?
// …") and what has been acknowledged ("+ …").
//
//     TextCrashProcess DIRECTORY SEED [LIMIT]
//
// With LIMIT, files cannot grow beyond so many bytes: it goes on until a change is refused, says "full",
// lifts the limit, makes twenty more changes and ends.

func say(_ line: String) {
    // One write a line: what is written to a pipe outlives the writer.
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

func nextChange(_ numbers: inout JournalNumbers) -> JournaledChange {
    func ids(_ count: Int) -> [UInt64] {
        Set((0..<count).map { _ in UInt64.random(in: 0..<300, using: &numbers) }).sorted()
    }
    switch Int.random(in: 0..<20, using: &numbers) {
    case 0, 1: return .compaction
    case 2, 3: return .generation(numbers.next() >> 1)
    case 4..<8: return .removal(ids: ids(Int.random(in: 1...20, using: &numbers)))
    default:
        let count = Int.random(in: 1...24, using: &numbers)
        return .upsert(version: numbers.next() >> 1, ids: ids(count))
    }
}

func make(_ change: JournaledChange, in store: LocalTextStore) throws(TextIndexError) {
    switch change {
    case .upsert(let version, let ids):
        try store.upsert(ids.map { JournaledChange.document(id: $0, version: version) })
    case .removal(let ids): try store.remove(ids)
    case .generation(let number): try store.save(generation: number)
    case .compaction: try store.compact()
    }
}

func limitFiles(to byteCount: UInt64) {
    var limit = rlimit(rlim_cur: rlim_t(byteCount), rlim_max: rlim_t(bitPattern: -1))
    setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
}

let arguments = CommandLine.arguments
guard arguments.count >= 3, let seed = UInt64(arguments[2]) else {
    FileHandle.standardError.write(Data("TextCrashProcess DIRECTORY SEED [LIMIT]\n".utf8))
    exit(2)
}
var numbers = JournalNumbers(seed: seed)
let format = try TextFormat(fields: ["own", "words"])
let store = try LocalTextStore(
    directory: URL(fileURLWithPath: arguments[1], isDirectory: true), format: format,
    scoring: .uniform(format))
var remaining = Int.max
var limit = arguments.count > 3 ? UInt64(arguments[3]) : nil
if let limit {
    signal(SIGXFSZ, SIG_IGN)
    limitFiles(to: limit)
}
while remaining > 0 {
    remaining -= 1
    let change = nextChange(&numbers)
    say("? " + change.line)
    do {
        try make(change, in: store)
        say("+ " + change.line)
    } catch {
        guard limit != nil, case .systemFailure("write", _, EFBIG, _) = error else { throw error }
        say("full")
        limit = nil
        limitFiles(to: .max)
        remaining = 20
    }
}
