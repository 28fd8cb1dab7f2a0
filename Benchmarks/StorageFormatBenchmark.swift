import Documents
import Foundation
import Ingest

/// How fast do pages in storage format become text?
///
/// Parses and renders every file of a folder, over and over on one thread, and prints megabytes of source a
/// second: the best round, so that other work on the machine counts least.
enum StorageFormatBenchmark {
    /// - Parameter arguments: a folder, and the seconds to spend (5 when absent).
    static func run(arguments: [String]) throws {
        guard let folder = arguments.first else {
            print("usage: storage-format FOLDER [SECONDS]")
            return
        }
        let seconds = arguments.dropFirst().first.flatMap { Double($0) } ?? 5
        let pages = try pages(in: URL(fileURLWithPath: folder))
        let byteCount = pages.reduce(0) { $0 + $1.utf8.count }
        guard byteCount > 0 else {
            print("no .xml or .xhtml file below \(folder)")
            return
        }
        var parsing = Duration.seconds(1 << 20)
        var both = parsing
        var (rounds, characters) = (0, 0)
        let clock = ContinuousClock()
        let end = clock.now + .seconds(seconds)
        let (parser, renderer) = (StorageFormatParser(), TextRenderer())
        while clock.now < end || rounds < 3 {
            var parsed: [[Block]] = []
            parsed.reserveCapacity(pages.count)
            let parseTime = try clock.measure {
                for page in pages { parsed.append(try parser.parse(page).blocks) }
            }
            characters = 0
            let renderTime = clock.measure {
                for blocks in parsed { characters += renderer.render(blocks, title: "").text.utf8.count }
            }
            parsing = min(parsing, parseTime)
            both = min(both, parseTime + renderTime)
            rounds += 1
        }
        print(
            "\(pages.count) files, \(byteCount) bytes in, \(characters) bytes of text out, \(rounds) rounds"
        )
        print("parse          \(megabytes(byteCount, in: parsing)) MB/s")
        print("parse + render \(megabytes(byteCount, in: both)) MB/s")
    }

    private static func pages(in folder: URL) throws -> [String] {
        let files = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
        var pages: [String] = []
        for case let file as URL in files ?? .init() where ["xml", "xhtml"].contains(file.pathExtension) {
            pages.append(try String(contentsOf: file, encoding: .utf8))
        }
        return pages
    }

    private static func megabytes(_ byteCount: Int, in duration: Duration) -> String {
        let perSecond = Double(byteCount) / 1e6 / (duration / .seconds(1))
        return String(format: "%.1f", perSecond)
    }
}
