import ArgumentParser
import Foundation
import Models

struct EmbedCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "embed",
        abstract: "Embeds texts, one a line, into a NumPy file.",
        discussion: """
            Row i of the .npy file (float32, one row a text, in order) is the vector of line i + 1. An empty line
            is an empty text and has a row as well.
            """)

    @OptionGroup var common: CommonOptions

    @Option(help: ArgumentHelp("The texts, one a line; - for standard input.", valueName: "file|-"))
    var texts: String

    @Option(help: ArgumentHelp("Where the vectors go.", valueName: "file.npy"))
    var out: String

    @Flag(help: "Embed as questions, where the model tells them from passages.")
    var queries = false

    func run() async throws {
        let services = try await common.services()
        let lines = try InputText.read(texts).split(separator: "\n", omittingEmptySubsequences: false)
        let embedder = try await services.embedder()
        // A last line break ends the last text; it does not begin another one.
        let all = (lines.last?.isEmpty == true ? lines.dropLast() : lines[...]).map { line in
            line.hasSuffix("\r") ? String(line.dropLast()) : String(line)
        }
        let purpose: EmbeddingPurpose = queries ? .query : .passage
        let out = out
        let seconds = try await Interruption.cancelling {
            let clock = ContinuousClock()
            let start = clock.now
            let file = try NumpyFile(path: out, rows: all.count, columns: embedder.model.dimension)
            for batch in stride(from: 0, to: all.count, by: 512) {
                let part = Array(all[batch..<min(batch + 512, all.count)])
                try file.append(try await embedder.embed(part, purpose: purpose))
            }
            try file.finish()
            return (clock.now - start) / .seconds(1)
        }
        let rounded = (seconds * 1_000).rounded() / 1_000
        if common.json {
            print(
                try JSONText.encode([
                    "texts": "\(all.count)", "dimension": "\(embedder.model.dimension)",
                    "model": embedder.model.name, "seconds": "\(rounded)", "file": out,
                ]))
        } else {
            print(
                "\(all.count) texts × \(embedder.model.dimension) by \(embedder.model.name) in \(rounded) s: \(out)"
            )
        }
    }
}
