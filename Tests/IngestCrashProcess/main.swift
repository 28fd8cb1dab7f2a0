import Confluence
import CorpusSQLite
import Foundation
import Ingest
import Logging
import Models
import Sourcing
import TestSupport
import TextIndex
import Transport
import VectorIndex

// Reads a Confluence into a data folder until it is done or killed; run again, it goes on. With a schema of a PostgreSQL
// the documents are kept there, and the folder has the indexes alone.
//
//     IngestCrashProcess FOLDER BASE-URL cloud|dataCenter SPACE [DIMENSION [POSTGRES-URL SCHEMA]]
//
// Says "open" once folder and index are open, and at the end the report's exit code, how many documents it saw and
// embedded, and the most memory it ever held, in kB.

func say(_ line: String) {
    FileHandle.standardOutput.write(Data((line + "\n").utf8))
}

/// The most physical memory that this process ever held, in kB.
func peakMemory() -> Int {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let line = status.split(separator: "\n").first { $0.hasPrefix("VmHWM:") } ?? ""
    return Int(line.filter(\.isNumber)) ?? 0
}

let arguments = CommandLine.arguments
guard arguments.count >= 5, let base = URL(string: arguments[2]),
    let flavour = ConfluenceConfiguration.Flavour(rawValue: arguments[3])
else {
    FileHandle.standardError.write(
        Data(
            "IngestCrashProcess FOLDER BASE-URL cloud|dataCenter SPACE [DIMENSION [POSTGRES-URL SCHEMA]]\n"
                .utf8))
    exit(2)
}
let folder = URL(fileURLWithPath: arguments[1], isDirectory: true)
let dimension = arguments.count > 5 ? Int(arguments[5]) ?? 64 : 64
let data = try DataFolder(folder)
let store = try await openCorpus(
    in: data, database: arguments.count > 7 ? (url: arguments[6], schema: arguments[7]) : nil)
let indexFolder = folder.appendingPathComponent("index", isDirectory: true)
try FileManager.default.createDirectory(at: indexFolder, withIntermediateDirectories: true)
let index = try LocalVectorStore(
    directory: indexFolder, dimension: dimension, metric: .cosine,
    parameters: HNSWParameters(M: 8, efConstruction: 40))
let wordsFolder = folder.appendingPathComponent("words", isDirectory: true)
try FileManager.default.createDirectory(at: wordsFolder, withIntermediateDirectories: true)
let words = try LocalTextStore(directory: wordsFolder)
let configuration = ConfluenceConfiguration(
    baseURL: base, flavour: flavour,
    authentication: flavour == .cloud
        ? .basic(user: "crawler@example.com", token: "secret-token") : .bearer(token: "secret-token"),
    spaces: [arguments[4]])
let source = try ConfluenceSource(
    configuration: configuration, client: RetryingHTTPClient(try CurlHTTPClient()), corpus: store)
var options = IngestOptions()
options.textsPerBatch = 32
let pipeline = IngestPipeline(
    store: store, index: index, saveIndex: { try index.save(generation: UInt64(clamping: $0)) },
    words: WordIndex(words),
    embedder: HashingEmbedder(dimension: dimension, remembersTexts: false), counter: QuarterWordCounter(),
    options: options, logger: Logger(label: "crash", factory: { _ in SwiftLogNoOpLogHandler() }))
say("open")
let report = await pipeline.run(source)
report.skipped.filter(\.isFailure).prefix(5).forEach { say("failed \($0.id): \($0.reason)") }
if let reason = report.stopReason { say("stopped: \(reason)") }
report.closed.prefix(5).forEach { say("closed: \($0)") }
say(
    "exit \(report.exitCode) seen \(report.pages.seen) added \(report.pages.added) "
        + "unchanged \(report.pages.unchanged) embedded \(report.chunks.embedded) chunks \(report.chunks.added) "
        + "seconds \((report.seconds * 10).rounded() / 10) kB \(peakMemory())")
exit(report.exitCode)
